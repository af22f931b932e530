"""How often the garbage collector looks for cycles: seldom, and not among what lives as long as the process.

By default it looks whenever 700 more containers have been made than freed. An answer of DynamoDB with the grades of a
class is thousands of them, none in a cycle: they are looked through several times while the request is being answered,
and now and then everything else that the process remembers with them, which every other request then waits for.
"""

import gc
from typing import Final

_CONTAINERS: Final = 50_000  # more than what some gradebooks being answered at once consist of; some 10 MB


def collect_seldom() -> None:
    """Look for cycles seldom; to be called before the work begins."""
    gc.set_threshold(_CONTAINERS, 10, 10)


def spare_what_stays() -> None:
    """Don't look among what there is by now (modules, classes, settings); to be called once all is set up."""
    gc.collect()
    gc.freeze()
