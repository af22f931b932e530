"""Asks the service in this container whether it lives, for the image's `HEALTHCHECK`: 0 yes, 1 no.

It asks for liveness, not for readiness: whoever runs the container replaces it when the answer is no, and a new one
would find AWS as unreachable as this one does.
"""

import http.client
import os
import sys
from collections.abc import Mapping

_WITHIN = 2.0  # seconds
_DEFAULT_PORT = "9090"  # of the services' settings


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Return the process's exit code."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(environment.get("LUCA_OPERATIONS_PORT", _DEFAULT_PORT)), timeout=_WITHIN
    )
    try:
        connection.request("GET", "/health/live")
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
