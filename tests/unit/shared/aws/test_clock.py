import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.clock import CorrectedClock
from luca_shared.aws.errors import AwsError, CredentialsRejected

NOON = 1_795_521_600.0  # 2026-11-24 12:00:00 UTC
NOON_AS_DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


def refused(code: str = "InvalidSignatureException") -> AwsError:
    return CredentialsRejected("GetItem", code)


@given(behind=st.floats(-(10**8), 10**8).filter(lambda seconds: abs(seconds) > 60))
def test_a_wrong_clock_is_corrected_from_the_date_of_the_refusal(behind: float) -> None:
    clock = CorrectedClock(lambda: NOON - behind)
    assert clock.corrected_by(refused(), NOON_AS_DATE, signed_at=clock.time())
    assert clock.time() == pytest.approx(NOON)


def test_a_second_refusal_of_the_same_wrong_time_corrects_it_to_the_same() -> None:
    clock = CorrectedClock(lambda: NOON - 3600)
    signed_at = clock.time()
    assert clock.corrected_by(refused(), NOON_AS_DATE, signed_at)
    assert clock.corrected_by(refused(), NOON_AS_DATE, signed_at)
    assert clock.time() == NOON


@pytest.mark.parametrize(
    "code", ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "SignatureDoesNotMatch"]
)
def test_each_way_to_say_that_the_time_is_wrong_corrects(code: str) -> None:
    assert CorrectedClock(lambda: NOON - 3600).corrected_by(refused(code), NOON_AS_DATE, NOON - 3600)


def test_a_correction_is_taken_back_when_the_clock_was_set_right() -> None:
    machine = iter([NOON - 3600, NOON - 3600, NOON, NOON, NOON])
    clock = CorrectedClock(lambda: next(machine))
    assert clock.corrected_by(refused(), NOON_AS_DATE, signed_at=clock.time())
    assert clock.corrected_by(refused(), NOON_AS_DATE, signed_at=clock.time())
    assert clock.time() == NOON


@pytest.mark.parametrize("date", [NOON_AS_DATE, "Tue, 24 Nov 2026 12:00:59 GMT"])
def test_a_bad_signature_at_the_right_time_is_no_skew(date: str) -> None:
    clock = CorrectedClock(lambda: NOON)
    assert not clock.corrected_by(refused(), date, signed_at=NOON)
    assert clock.offset == 0


def test_other_refusals_dont_move_the_clock() -> None:
    clock = CorrectedClock(lambda: NOON - 3600)
    assert not clock.corrected_by(refused("ExpiredTokenException"), NOON_AS_DATE, signed_at=NOON - 3600)
    assert clock.offset == 0


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_without_a_date_nothing_is_corrected(date: str | None) -> None:
    assert not CorrectedClock(lambda: NOON).corrected_by(refused(), date, signed_at=0)
