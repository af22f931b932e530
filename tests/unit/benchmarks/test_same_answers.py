from tests.benchmarks.interactive.same_answers import Answered, difference, essence


def test_when_and_in_which_words_may_differ() -> None:
    one = {"version": 3, "recorded_at": "then", "items": [{"correlation_id": "a", "n": 1}]}
    other = {"version": 3, "recorded_at": "now", "items": [{"correlation_id": "b", "n": 1}]}
    assert essence(one) == essence(other)


def test_a_difference_is_said_by_where_it_is() -> None:
    one = Answered(200, '"3"', {"students": [{"average": 84}, {"average": 70}]})
    other = Answered(200, '"3"', {"students": [{"average": 84}, {"average": 71}]})
    assert difference(one, other) == "/2/students/1/average: 70 and 71"
