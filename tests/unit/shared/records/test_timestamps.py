"""Points in time: their text sorts as they do, to the millisecond."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.records.timestamps import Timestamp, moment, now, timestamp

moments = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001  # hypothesis adds the time zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-12, 12).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(moments)
def test_a_timestamp_is_the_moment_cut_to_milliseconds(when: datetime) -> None:
    text = timestamp(when)
    assert msgspec.convert(text, Timestamp) == text
    assert timedelta(0) <= when - moment(text) < timedelta(milliseconds=1)
    assert timestamp(moment(text)) == text


@given(moments, moments)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    if timestamp(one) < timestamp(other):
        assert one < other


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 11, 24))  # noqa: DTZ001  # the point of it


def test_now_is_now() -> None:
    assert abs(datetime.now(UTC) - moment(now())) < timedelta(seconds=60)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T14:03:07Z",
        "2026-11-24T14:03:07.120+00:00",
        "2026-11-24 14:03:07.120Z",
        "2026-11-24T14:03:07.1200Z",
        "2026-11-24T14:03:07.120Z\n",
        "\u0662026-11-24T14:03:07.120Z",
    ],
)
def test_another_spelling_is_no_timestamp(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Timestamp)
