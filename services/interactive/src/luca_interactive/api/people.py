"""The person who asks, as Luca knows him or her."""

import msgspec

from luca_shared.tenancy.context import Role
from luca_shared.tenancy.ids import ClassId, PersonId, SchoolId, StudentId


class MeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who I am here.

    `student_ids`: a student's own, a guardian's children. `class_ids`: what a teacher teaches and a student takes, in
    the terms that are open.
    """

    person_id: PersonId
    school_id: SchoolId
    roles: list[Role]
    student_ids: list[StudentId]
    class_ids: list[ClassId]
