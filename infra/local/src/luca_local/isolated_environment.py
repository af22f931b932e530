"""Nothing of the developer's own AWS set-up reaches the platform: no account, profile, proxy or metadata service."""

import os
from collections.abc import MutableMapping

from luca_local.ports import HOST


def isolate(environ: MutableMapping[str, str]) -> None:
    """Take out of an environment what could lead botocore somewhere else than to the emulator."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    # Where credentials are looked for before the container endpoint.
    environ["AWS_SHARED_CREDENTIALS_FILE"] = environ["AWS_CONFIG_FILE"] = os.devnull
    environ["AWS_EC2_METADATA_DISABLED"] = "true"
    for name in ("NO_PROXY", "no_proxy"):
        environ[name] = ",".join(filter(None, [environ.get(name), HOST, "localhost"]))
