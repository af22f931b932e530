"""The ways in which the government's API misbehaves, each switched on over HTTP."""

import random
from enum import StrEnum
from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]


class Misbehaviour(StrEnum):
    """What becomes of one request."""

    NONE = "none"
    SERVER_ERROR = "server-error"  # 503, nothing kept
    TOO_MANY = "too-many"  # 429 with Retry-After
    TOO_MANY_SILENT = "too-many-silent"  # 429 without
    TIME_OUT = "time-out"  # no answer, nothing kept
    KEPT_BUT_DROPPED = "kept-but-dropped"  # kept, then the connection breaks
    KEPT_THEN_500 = "kept-then-500"
    MALFORMED = "malformed"  # kept, then 200 with half a JSON body
    SLOW_DRIP = "slow-drip"  # kept, answered a few bytes at a time
    UNAUTHORIZED = "unauthorized"  # 401 whatever the token


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which share of requests meets which misbehaviour; what is left over is answered as the contract says."""

    shares: dict[Misbehaviour, Share] = msgspec.field(default_factory=dict)
    latency_s: tuple[Seconds, Seconds] = (0.0, 0.0)  # each request takes at least and at most
    black_out_s: Seconds = 0.0  # from now on every connection is broken
    retry_after_s: Annotated[int, msgspec.Meta(ge=0, le=600)] = 1
    stall_s: Seconds = 180.0  # how long a time-out keeps silent
    drip_s: Seconds = 2.0  # how long a slow answer takes
    refused_students: frozenset[str] = frozenset()  # their records are rejected one by one
    poisonous_students: frozenset[str] = frozenset()  # a submission with one of them is refused whole
    seed: int | None = None  # makes the draw repeatable from here on

    def __post_init__(self) -> None:
        if sum(self.shares.values()) > 1:
            raise ValueError("the shares add up to more than 1")

    def draw(self, chance: random.Random) -> Misbehaviour:
        """Choose what becomes of the next request."""
        point = chance.random()
        for misbehaviour, share in self.shares.items():
            if point < share:
                return misbehaviour
            point -= share
        return Misbehaviour.NONE

    def latency(self, chance: random.Random) -> float:
        """Choose how long the next request takes, in seconds."""
        low, high = self.latency_s
        return chance.uniform(low, high)
