"""Condition operators of IAM that compare text, the ones whose values may hold policy variables.

"Policy variables and wildcards" and "Set operators for multivalued context keys" in the IAM user guide: numeric, date,
Boolean, binary, IP address and Null operators take no variables, and are not decided here.
"""

from collections.abc import Callable, Sequence

from luca_local.emulator.iam_patterns import Lookup, filled, is_like

Comparison = Callable[[str, str, Lookup], bool]


def _equals(value: str, text: str, lookup: Lookup) -> bool:
    return filled(text, lookup) == value


def _equals_ignoring_case(value: str, text: str, lookup: Lookup) -> bool:
    found = filled(text, lookup)
    return found is not None and found.lower() == value.lower()


def _is_arn_like(value: str, text: str, lookup: Lookup) -> bool:
    return is_like(value, text, lookup, arn=True)


_AFFIRMATIVE: dict[str, Comparison] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringlike": is_like,
    "arnequals": _is_arn_like,
    "arnlike": _is_arn_like,
}
_NEGATED: dict[str, Comparison] = {
    "stringnotequals": _equals,
    "stringnotequalsignorecase": _equals_ignoring_case,
    "stringnotlike": is_like,
    "arnnotequals": _is_arn_like,
    "arnnotlike": _is_arn_like,
}


def decide(operator: str, actual: object, expected: Sequence[str], lookup: Lookup) -> bool | None:
    """Whether the condition holds; None when the operator is not one that compares text.

    Args:
        operator: as written in the policy, `ForAllValues:StringLike` for example.
        actual: the key's value in the request: text, a list of texts, None when the request has none.
        expected: the policy's values.
        lookup: gives the values of policy variables.
    """
    name = operator.lower()
    if_exists = name.endswith("ifexists")
    quantifier, _, name = name.removesuffix("ifexists").rpartition(":")
    negated = name in _NEGATED
    comparison = _NEGATED.get(name) or _AFFIRMATIVE.get(name)
    if comparison is None:
        return None
    if actual is None:
        return if_exists or quantifier == "forallvalues" or (negated and quantifier != "foranyvalue")

    def holds(value: str) -> bool:
        return any(comparison(value, text, lookup) for text in expected) != negated

    values = [str(value) for value in actual] if isinstance(actual, list | tuple) else [str(actual)]
    if quantifier == "forallvalues":
        return all(map(holds, values))
    if quantifier == "foranyvalue":
        return any(map(holds, values))
    return len(values) == 1 and holds(values[0])
