"""Keys and ranges: always the context's school, never another's whose id begins alike."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, PersonId, StudentId, Subject, Term
from luca_shared.tenancy.key_types import LAST, Index, Key, Range, Table

ActAs = Callable[[str], TenantContext]

S, C, A, T, P, E, J = (
    StudentId("s42"),
    ClassId("c1"),
    AssessmentId("a7"),
    Term("2026-Q4"),
    PersonId("p9"),
    EventId("e-1"),
    Subject("math"),
)

# Every builder with parts to call it with. A new builder belongs here, or the test below fails.
KEYS: dict[str, tuple[Any, ...]] = {
    "profile": (S,),
    "erasure": (S,),
    "grade": (S, T, C, A),
    "grade_version": (S, T, C, A, 3),
    "student_enrollment": (S, T, C),
    "event": (S, "2026-11-24", E),
    "class_info": (C,),
    "assessment": (C, A),
    "deleted_assessment": (C, A),
    "enrollment": (C, S),
    "class_entry": (T, C),
    "term_entry": (T,),
    "subject_entry": (J,),
    "rules": (J,),
    "rules_version": (J, 2),
    "term_info": (T,),
    "guardian_link": (P, S),
    "idempotency": ("d1",),
    "school_key": (),
    "student_key": (S,),
    "batch": (T, "b1"),
}
RANGES: dict[str, tuple[Any, ...]] = {
    "grades_of_student": (S, T),
    "versions_of_student": (S,),
    "versions_of_grade": (S, T, C, A),
    "enrollments_of_student": (S,),
    "events_of_student": (S, "2026-11-01", "2026-11-24"),
    "all_events_of_student": (S,),
    "whole_class": (C,),
    "assessments": (C,),
    "roster": (C,),
    "class_entries": (T,),
    "term_entries": (),
    "guardian_links": (P,),
    "grades_of_class": (C, T),
    "pending_in_shard": (3, T, "2026-11-01", "2026-11-24"),
    "batches": (T,),
}
INDEX_ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "by_class": (C, T, A, S),
    "pending": (T, "2026-11-24T14:03:07.120Z", S, C, A),
}

# From the binding description of the tables: builder -> table, partition key, sort key.
GOLDEN = {
    "profile": ("luca", "TENANT#norte#STUDENT#s42", "PROFILE"),
    "erasure": ("luca", "TENANT#norte#STUDENT#s42", "ERASURE"),
    "grade": ("luca", "TENANT#norte#STUDENT#s42", "GRADE#2026-Q4#c1#a7"),
    "grade_version": ("luca", "TENANT#norte#STUDENT#s42", "GRADEV#2026-Q4#c1#a7#00000003"),
    "student_enrollment": ("luca", "TENANT#norte#STUDENT#s42", "ENROLLMENT#2026-Q4#c1"),
    "event": ("luca", "TENANT#norte#STUDENT#s42", "EVENT#2026-11-24#e-1"),
    "class_info": ("luca", "TENANT#norte#CLASS#c1", "INFO"),
    "assessment": ("luca", "TENANT#norte#CLASS#c1", "ASSESSMENT#a7"),
    "deleted_assessment": ("luca", "TENANT#norte#CLASS#c1", "DELETED#a7"),
    "enrollment": ("luca", "TENANT#norte#CLASS#c1", "STUDENT#s42"),
    "class_entry": ("luca", "TENANT#norte#DIRECTORY", "CLASS#2026-Q4#c1"),
    "term_entry": ("luca", "TENANT#norte#DIRECTORY", "TERM#2026-Q4"),
    "subject_entry": ("luca", "TENANT#norte#DIRECTORY", "SUBJECT#math"),
    "rules": ("luca", "TENANT#norte#RULES#math", "CURRENT"),
    "rules_version": ("luca", "TENANT#norte#RULES#math", "V#00000002"),
    "term_info": ("luca", "TENANT#norte#TERM#2026-Q4", "INFO"),
    "guardian_link": ("luca", "TENANT#norte#PERSON#p9", "STUDENT#s42"),
    "idempotency": ("luca", "TENANT#norte#IDEMPOTENCY#d1", "RESPONSE"),
    "school_key": ("luca-keys", "TENANT#norte#KEYS", "SCHOOL"),
    "student_key": ("luca-keys", "TENANT#norte#KEYS", "STUDENT#s42"),
    "batch": ("luca-gov-sync", "TENANT#norte#RUN#2026-Q4", "BATCH#b1"),
}

school_ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True)
positions = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


def made(name: str, context: TenantContext, parts: tuple[Any, ...]) -> Any:
    return getattr(keys, name)(context, *parts)


def test_every_builder_is_covered_here() -> None:
    def builders(result: object) -> set[str]:
        public = {name: value for name, value in vars(keys).items() if callable(value) and not name.startswith("_")}
        return {
            name
            for name, value in public.items()
            if getattr(value, "__module__", "") == keys.__name__ and value.__annotations__.get("return") == result
        }

    assert builders(Key) == KEYS.keys() == GOLDEN.keys()
    assert builders(Range) == RANGES.keys()
    assert builders(dict[str, str]) == INDEX_ATTRIBUTES.keys()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_key_has_the_agreed_layout(name: str, act_as: ActAs) -> None:
    key = made(name, act_as("norte"), KEYS[name])
    assert (key.table, key.pk, key.sk) == GOLDEN[name]
    assert key.school_id == "norte"


def test_index_attributes_have_the_agreed_layout(act_as: ActAs) -> None:
    norte = act_as("norte")
    assert keys.by_class(norte, C, T, A, S) == {
        "by_class_pk": "TENANT#norte#CLASS#c1",
        "by_class_sk": "GRADE#2026-Q4#a7#s42",
    }
    shard = keys.pending_shard(S)
    assert keys.pending(norte, T, "2026-11-24T14:03:07.120Z", S, C, A) == {
        "pending_pk": f"TENANT#norte#PENDING#{shard}",
        "pending_sk": "2026-Q4#2026-11-24T14:03:07.120Z#s42#c1#a7",
    }


@given(school=school_ids, suffix=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True))
def test_a_school_whose_id_begins_with_anothers_shares_no_prefix(act_as: ActAs, school: str, suffix: str) -> None:
    short, long = act_as(school), act_as(school + suffix)
    for name, parts in KEYS.items():
        mine, theirs = made(name, short, parts), made(name, long, parts)
        assert mine.pk.startswith(f"TENANT#{school}#")
        assert not theirs.pk.startswith(f"TENANT#{school}#")
        assert mine != theirs
    for name, parts in RANGES.items():
        assert made(name, short, parts).pk.startswith(f"TENANT#{school}#")
        assert not made(name, long, parts).pk.startswith(f"TENANT#{school}#")
    for name, parts in INDEX_ATTRIBUTES.items():
        (partition, _) = made(name, long, parts).values()
        assert not partition.startswith(f"TENANT#{school}#")


@pytest.mark.parametrize("name", [*KEYS, *RANGES, *INDEX_ATTRIBUTES])
@pytest.mark.parametrize("hostile", ["", "#", "a#b", "x#TENANT", "#sur#"])
def test_a_part_that_could_end_another_is_refused(name: str, hostile: str, act_as: ActAs) -> None:
    parts = {**KEYS, **RANGES, **INDEX_ATTRIBUTES}[name]
    for place, part in enumerate(parts):
        if isinstance(part, str):
            with pytest.raises(ValueError, match="part of a key"):
                made(name, act_as("norte"), (*parts[:place], hostile, *parts[place + 1 :]))


def test_a_refusal_does_not_repeat_the_part(act_as: ActAs) -> None:
    with pytest.raises(ValueError, match="part of a key") as refusal:
        keys.profile(act_as("norte"), StudentId("Ana#Perez"))
    assert "Ana" not in str(refusal.value)


@given(name=st.sampled_from(sorted(RANGES)), position=positions)
def test_only_positions_of_a_range_can_be_gone_on_from(act_as: ActAs, name: str, position: str) -> None:
    range_ = made(name, act_as("norte"), RANGES[name])
    if not range_.low <= position <= range_.high:
        assert position not in range_
        with pytest.raises(ValueError, match="outside"):
            range_.start_after(position)


@given(
    name=st.sampled_from(sorted(RANGES)), tail=st.text(alphabet=st.characters(codec="utf-8", exclude_characters=LAST))
)
def test_a_start_key_stays_in_the_schools_partitions_whatever_the_position(act_as: ActAs, name: str, tail: str) -> None:
    range_ = made(name, act_as("norte"), RANGES[name])
    try:
        start = range_.start_after(range_.low + tail)
    except ValueError:
        return  # refused: it could not be a position of the range
    assert start["pk"].startswith("TENANT#norte#")
    assert start[range_.partition_attribute] == range_.pk
    assert start[range_.sort_attribute] == range_.low + tail


def test_a_position_in_an_index_gives_the_primary_key_of_its_item(act_as: ActAs) -> None:
    norte = act_as("norte")
    gradebook = keys.by_class(norte, C, T, A, S)
    assert keys.grades_of_class(norte, C, T).start_after(gradebook["by_class_sk"]) == {
        "pk": "TENANT#norte#STUDENT#s42",
        "sk": "GRADE#2026-Q4#c1#a7",
        **gradebook,
    }
    waiting = keys.pending(norte, T, "2026-11-24T14:03:07.120Z", S, C, A)
    shard = keys.pending_in_shard(norte, keys.pending_shard(S), T)
    assert shard.start_after(waiting["pending_sk"]) == {
        "pk": "TENANT#norte#STUDENT#s42",
        "sk": "GRADE#2026-Q4#c1#a7",
        **waiting,
    }


def test_ranges_hold_what_they_are_named_for_and_nothing_else(act_as: ActAs) -> None:
    norte = act_as("norte")
    assert keys.grade(norte, S, T, C, A).sk in keys.grades_of_student(norte, S)
    assert keys.grade(norte, S, Term("2026-Q3"), C, A).sk not in keys.grades_of_student(norte, S, T)
    assert keys.grade(norte, S, Term("2026-Q45"), C, A).sk not in keys.grades_of_student(norte, S, T)
    assert keys.grade_version(norte, S, T, C, A, 1).sk not in keys.grades_of_student(norte, S)
    assert keys.grade_version(norte, S, T, C, A, 99_999_999).sk in keys.versions_of_grade(norte, S, T, C, A)
    assert keys.grade_version(norte, S, T, C, AssessmentId("a70"), 1).sk not in keys.versions_of_grade(
        norte, S, T, C, A
    )
    in_index = keys.by_class(norte, C, T, A, S)["by_class_sk"]
    assert in_index in keys.grades_of_class(norte, C, T)
    assert in_index in keys.grades_of_class(norte, C, T, A)
    assert in_index not in keys.grades_of_class(norte, C, T, AssessmentId("a"))
    assert keys.deleted_assessment(norte, C, A).sk not in keys.assessments(norte, C)
    days = keys.events_of_student(norte, S, "2026-11-01", "2026-11-24")
    assert keys.event(norte, S, "2026-11-01", E).sk in days
    assert keys.event(norte, S, "2026-11-24", EventId("zzz")).sk in days
    assert keys.event(norte, S, "2026-11-25", E).sk not in days
    assert keys.event(norte, S, "2026-10-31", E).sk not in days


def test_pending_grades_are_of_one_terms_days_or_of_all_terms(act_as: ActAs) -> None:
    norte = act_as("norte")
    all_terms = keys.pending_in_shard(norte, 3)
    days = keys.pending_in_shard(norte, 3, T, "2026-11-01", "2026-11-24")
    from_then, until_then = (
        keys.pending_in_shard(norte, 3, T, "2026-11-01"),
        keys.pending_in_shard(norte, 3, T, None, "2026-11-24"),
    )

    def changed(at: str, term: str = T) -> str:
        return keys.pending(norte, Term(term), at, S, C, A)["pending_sk"]

    first, last = changed("2026-11-01T00:00:00.000Z"), changed("2026-11-24T23:59:59.999Z")
    before, after = changed("2026-10-31T23:59:59.999Z"), changed("2026-11-25T00:00:00.000Z")
    assert [each in days for each in (before, first, last, after)] == [False, True, True, False]
    assert [each in from_then for each in (before, first, last, after)] == [False, True, True, True]
    assert [each in until_then for each in (before, first, last, after)] == [True, True, True, False]
    other = changed("2026-11-10T00:00:00.000Z", "2026-Q45")
    assert other in all_terms
    assert not any(other in each for each in (days, from_then, until_then))
    assert all_terms.key_at(other) == keys.grade(norte, S, Term("2026-Q45"), C, A)
    with pytest.raises(TypeError):
        keys.pending_in_shard(norte, 3, None, "2026-11-01")


def test_an_empty_term_is_not_all_terms(act_as: ActAs) -> None:
    with pytest.raises(ValueError, match="part of a key"):
        keys.grades_of_student(act_as("norte"), S, Term(""))


@given(student=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_a_student_is_always_in_the_same_one_of_eight_shards(student: str) -> None:
    shard = keys.pending_shard(StudentId(student))
    assert shard in range(8)
    assert shard == keys.pending_shard(StudentId(student))


def test_students_spread_over_all_shards() -> None:
    assert {keys.pending_shard(StudentId(f"s{number}")) for number in range(200)} == set(range(8))


def test_a_range_of_an_index_needs_to_know_primary_keys_and_no_other_does(act_as: ActAs) -> None:
    with pytest.raises(TypeError):
        Range(act_as("norte"), Table.LUCA, partition=("CLASS", "c1"), index=Index.BY_CLASS)
    with pytest.raises(TypeError):
        Range(act_as("norte"), Table.LUCA, partition=("CLASS", "c1"), primary=lambda _: keys.class_info(act_as("a"), C))


def test_a_key_can_not_be_changed(act_as: ActAs) -> None:
    key = keys.profile(act_as("norte"), S)
    with pytest.raises(AttributeError):
        key.pk = "TENANT#sur#STUDENT#s42"  # type: ignore[misc]  # the point of it
