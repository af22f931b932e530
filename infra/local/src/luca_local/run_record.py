"""What a running platform says of itself, so that any client can be pointed at it: the contents of `build/run.json`."""

from typing import Annotated, Self

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can log in; demo accounts only, so the password is no secret."""

    school_id: str
    role: str
    username: str
    password: str


class Admin(msgspec.Struct, frozen=True, kw_only=True):
    """The local emulator's root credentials, which exist nowhere else."""

    access_key_id: str
    secret_access_key: str


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A grade that nobody has recorded yet, and the teacher who may: what a first request can be about."""

    username: str
    class_id: str
    assessment_id: str
    student_id: str


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A running platform. The address of a part that this version does not have is null."""

    edge: str
    interactive: str
    console: str | None = None
    aws_endpoint: str
    government: str | None = None
    metrics: tuple[str, ...]
    region: str
    table: str
    queue_url: str
    dead_letter_url: str
    user_pool_id: str
    client_id: str
    jwks_url: str
    admin: Admin
    accounts: tuple[Account, ...]
    example: Example
    pid: Annotated[int, msgspec.Meta(gt=0)]
    logs: str  # a directory

    def to_json(self) -> bytes:
        """Return the file's bytes, indented: people read it, too."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Parse the file.

        Raises:
            msgspec.DecodeError: it is not such a file.
        """
        return msgspec.json.decode(text, type=cls)
