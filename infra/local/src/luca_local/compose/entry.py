"""Starts a service in its container: asks the set-up what to tell it, and becomes it.

    python entry.py NAME MODULE ARGUMENTS...

Only the deployment's outputs say what a service must be told, and no service's image holds more than the service:
`compose.yaml` mounts this file into each of them. What the container's own environment says goes before what is told.
"""

import http.client
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SET_UP = ("169.254.170.2", 8080)  # where the credentials are, too
_WITHIN = 120.0  # seconds; compose starts a service when the set-up is done, but restarts them all at once
_PAUSE = 0.5


def told(name: str, place: tuple[str, int] = _SET_UP, within: float = _WITHIN) -> dict[str, Any]:
    """Return what the set-up says, once it does; end this process when that takes too long."""
    deadline = time.monotonic() + within
    while True:
        connection = http.client.HTTPConnection(*place, timeout=5)
        try:
            connection.request("GET", f"/told/{name}")
            answer = connection.getresponse()
            if answer.status == 200:
                said: dict[str, Any] = json.load(answer)
                return said
            said_no = f"it answers {answer.status}"
        except OSError as error:
            said_no = f"it does not answer ({error})"
        finally:
            connection.close()
        if time.monotonic() > deadline:
            sys.exit(f"entry: the set-up is not done after {within:g} s: {said_no}")
        time.sleep(_PAUSE)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Become the service."""
    name, module, *rest = arguments
    said = told(name)
    for path, text in said["files"].items():
        Path(path).write_text(text)
    os.execve(  # noqa: S606  # a process that stays between would have to pass signals on
        sys.executable, [sys.executable, "-m", module, *rest], {**said["environment"], **environment}
    )


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
