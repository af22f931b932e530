"""A school in the platform's directory, the one partition that belongs to no tenant."""

from typing import Final

from luca_shared.records.record import Record
from luca_shared.tenancy.ids import SchoolId

DIRECTORY_PARTITION: Final = "PLATFORM#SCHOOLS"


def directory_key(school_id: SchoolId) -> dict[str, str]:
    """Return the primary key of a school's entry; only a platform role may use it."""
    return {"pk": DIRECTORY_PARTITION, "sk": f"SCHOOL#{school_id}"}


class School(Record, frozen=True, kw_only=True, tag="school"):
    """A tenant."""

    school_id: SchoolId
    name: str
    time_zone: str  # of the tz database, e.g. America/Santiago
