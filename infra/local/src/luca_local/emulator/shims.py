"""The faults of ministack that are mended; tests leave some as they are, by LUCA_EMULATOR_WITHOUT."""

from collections.abc import Mapping
from importlib import import_module

SWITCH = "LUCA_EMULATOR_WITHOUT"

SHIMS = (
    "ttl_deletes_skip_streams",  # first: it has to be there before the module that it mends is imported
    "policy_variables_taken_literally",
    "principal_arn_is_the_sessions",
    "leading_keys_never_set",
    "partiql_authorised_as_execute",
    "encryption_context_is_no_condition",
    "multi_region_keys_unread",
    "objects_keys_are_no_condition",
    "stacks_topics_are_open",
    "session_tags_need_no_permission",
    "trusted_roles_need_permission",
    "batches_of_messages_are_actions",
    "unreadable_credentials_are_root",
    "partiql_writes_skip_streams",
    "message_move_tasks_missing",
    "transaction_tokens_mistake_repeats",
    "claims_are_anybodys_to_write",
)
"""Modules of this package, each of which mends the fault that it is named after."""


class UnknownShimError(ValueError):
    """The switch names a shim that doesn't exist."""


def chosen(environ: Mapping[str, str]) -> list[str]:
    """The shims to install: all but those that the switch names.

    Raises:
        UnknownShimError: the switch names none of the shims.
    """
    without = {name.strip() for name in environ.get(SWITCH, "").split(",") if name.strip()}
    if unknown := without.difference(SHIMS):
        raise UnknownShimError(f"{SWITCH}: no such shim: {', '.join(sorted(unknown))}; there are {', '.join(SHIMS)}")
    return [name for name in SHIMS if name not in without]


def install(names: list[str]) -> None:
    """Mend the faults, in this process."""
    for name in names:
        import_module(f"luca_local.emulator.{name}").install()
