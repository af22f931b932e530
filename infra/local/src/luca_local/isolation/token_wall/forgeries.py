"""Every class of token that must not be believed: forged, misused, or saying what no token of ours says."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from luca_local.isolation.token_wall import forged_signatures as forged
from luca_local.isolation.token_wall import malformed_tokens as malformed
from luca_local.isolation.token_wall import misused_claims as misused
from luca_local.isolation.walls import Plan


@dataclass(frozen=True, slots=True)
class Forgery:
    """A token, its class, and in words what is wrong with it."""

    kind: str
    what: str
    token: str = field(repr=False)


def forgeries(plan: Plan, strangers_url: str) -> Iterator[Forgery]:
    """Return those that are wanted; a stranger publishes keys of his own at that address."""
    for kind, made in (
        ("algorithm none", forged.unsigned()),
        ("signed with the public key", forged.symmetric()),
        ("another algorithm", forged.other_algorithms()),
        ("a changed payload", forged.changed()),
        ("another pool", misused.other_pools()),
        ("another client", misused.other_clients()),
        ("another token_use", misused.other_uses()),
        ("expired", misused.expired()),
        ("too early", misused.early()),
        ("a missing claim", misused.missing()),
        ("a claim twice", misused.twice()),
        ("a claim that is no text", misused.no_texts()),
        ("a hostile id", misused.hostile(plan)),
        ("an unknown key id", forged.unknown_kids()),
        ("a key brought along", forged.own_keys(strangers_url)),
        ("a header to be understood", malformed.headers()),
        ("no token's form", malformed.mangled()),
        ("a huge one", malformed.huge()),
    ):
        if plan.wants(kind):
            for what, token in made:
                yield Forgery(kind, what, token)


Made = Iterator[tuple[str, str]]
