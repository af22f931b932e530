import re

import pytest

from luca_ingest_worker.permissions import DEFAULT, PATTERN, Permissions
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import StudentId

SELF, ANOTHER = "s42", "s43"


def allowed(roles: str, event_type: str, about: str, setting: str = DEFAULT) -> bool:
    reporter = TenantContext.of_queue_message({"school_id": "norte", "person_id": SELF, "roles": roles})
    return Permissions.parse(setting).allow(reporter, StudentId(about), event_type)


@pytest.mark.parametrize("event_type", ["app_open", "session", "participation"])
def test_a_student_reports_about_itself_alone(event_type: str) -> None:
    assert allowed("student", event_type, SELF)
    assert not allowed("student", event_type, ANOTHER)


def test_a_student_may_not_give_itself_a_merit() -> None:
    assert not allowed("student", "merit", SELF)


@pytest.mark.parametrize("role", ["teacher", "school-admin"])
def test_staff_report_any_type_about_any_student(role: str) -> None:
    assert allowed(role, "merit", ANOTHER)
    assert allowed(role, "whatever", SELF)


@pytest.mark.parametrize("roles", ["", "guardian", "compliance", "guardian,compliance", "headmaster"])
def test_others_report_nothing(roles: str) -> None:
    assert not allowed(roles, "app_open", SELF)


def test_one_role_of_several_is_enough() -> None:
    assert allowed("guardian,teacher", "merit", ANOTHER)


def test_a_role_that_the_setting_adds_reports_about_itself_alone() -> None:
    setting = "guardian=app_open"
    assert allowed("guardian", "app_open", SELF, setting)
    assert not allowed("guardian", "app_open", ANOTHER, setting)
    assert not allowed("teacher", "app_open", ANOTHER, setting)


@pytest.mark.parametrize("text", [DEFAULT, "student=a", "student=a,b;teacher=*"])
def test_the_pattern_takes_what_can_be_read(text: str) -> None:
    assert re.fullmatch(PATTERN, text)
    Permissions.parse(text)


@pytest.mark.parametrize("text", ["student", "student=", "nobody=a", "student=a;", "student=*,a"])
def test_the_pattern_refuses_what_can_not(text: str) -> None:
    assert not re.fullmatch(PATTERN, text)
