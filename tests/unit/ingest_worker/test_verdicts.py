import pytest

from luca_ingest_worker.refusals import Reason
from luca_ingest_worker.verdicts import verdicts_on
from luca_shared.aws.statements import Duplicate, Failed, StatementResult, Written
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import EventId, StudentId
from luca_shared.tenancy.key_types import Key

CONTEXT = TenantContext.of_queue_message({"school_id": "norte", "person_id": "p9"})
THROTTLED = Failed("ThrottlingError", retryable=True)
DENIED = Failed("AccessDenied", retryable=False)
INVALID = Failed("ValidationError", retryable=False)


def key(number: int) -> Key:
    return keys.event(CONTEXT, StudentId("s42"), "2026-11-24", EventId(f"e{number}"))


def results(*statement_results: StatementResult) -> dict[Key, StatementResult]:
    return {key(number): result for number, result in enumerate(statement_results)}


def test_every_statement_s_result_is_read() -> None:
    verdicts = verdicts_on(results(Written(), Duplicate(), THROTTLED, INVALID, Written()))
    assert verdicts.written == [key(0), key(4)]
    assert verdicts.duplicates == [key(1)]
    assert verdicts.undecided == [key(2)]
    assert verdicts.refused == {key(3): Reason.MALFORMED}
    assert verdicts.table_answers


@pytest.mark.parametrize("code", ["ResourceNotFound", "InternalServerError", "SomethingNew"])
def test_a_failure_that_is_not_the_event_s_fault_makes_no_dead_letter(code: str) -> None:
    verdicts = verdicts_on(results(Failed(code, retryable=False)))
    assert verdicts.undecided == [key(0)]
    assert not verdicts.refused
    assert not verdicts.table_answers


@pytest.mark.parametrize("success", [Written(), Duplicate()])
def test_an_event_is_denied_when_the_same_credentials_could_write_another(success: StatementResult) -> None:
    verdicts = verdicts_on(results(DENIED, success))
    assert verdicts.refused == {key(0): Reason.DENIED}
    assert not verdicts.undecided


def test_when_all_are_denied_it_is_not_the_events() -> None:
    verdicts = verdicts_on(results(DENIED, DENIED))
    assert not verdicts.refused
    assert verdicts.undecided == [key(0), key(1)]
    assert verdicts.denied_all


def test_some_denied_and_some_throttled_is_the_table_failing() -> None:
    verdicts = verdicts_on(results(DENIED, THROTTLED))
    assert not verdicts.refused
    assert not verdicts.denied_all
    assert not verdicts.table_answers
