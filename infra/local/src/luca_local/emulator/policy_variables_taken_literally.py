# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: policy variables are compared as the text `${...}`.

ministack 1.5.33 matches `Resource` and condition values as they are written, so that `TENANT#${aws:PrincipalTag/x}#*`
matches no key, and its `*` stops at a line break. AWS puts the request's values in place (IAM user guide, "IAM policy
elements: Variables and tags"), in documents of version 2012-10-17 alone. Mended by comparing with `iam_patterns` and
`iam_conditions` wherever ministack compares; documents of an older version are read so that `${` is plain text.
"""

import json
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from ministack.core import iam_evaluator

from luca_local.emulator.iam_conditions import decide
from luca_local.emulator.iam_patterns import is_like, without_variables
from luca_local.emulator.patching import original, replace

# ministack assembles resource policies anew, without their version: they are taken for this one.
_WITH_VARIABLES = "2012-10-17"

_request: ContextVar[Any] = ContextVar("request under evaluation")


def _lookup(key: str) -> object:
    return iam_evaluator._resolve_condition_key(key, _request.get())


def install() -> None:
    """Replace ministack's comparisons; what it parses and combines stays its own."""
    first_match = original(iam_evaluator, "_first_match", "ctx", "stmts", "effect")
    conditions_met = original(iam_evaluator, "_conditions_met", "conditions", "ctx")
    single = original(iam_evaluator, "_evaluate_single_condition", "operator", "actual", "expected_values")
    parse = original(iam_evaluator, "parse_policy_document", "doc")
    original(iam_evaluator, "_resolve_condition_key", "key", "ctx")

    def _first_match(ctx: Any, stmts: list[Any], effect: str) -> Any:
        token = _request.set(ctx)
        try:
            return first_match(ctx, stmts, effect)
        finally:
            _request.reset(token)

    def _conditions_met(conditions: dict[str, Any], ctx: Any) -> bool:
        token = _request.set(ctx)
        try:
            return bool(conditions_met(conditions, ctx))
        finally:
            _request.reset(token)

    def _resource_matches(resource_arn: str, resources: list[str], not_resources: list[str]) -> bool:
        if resources:
            return any(is_like(resource_arn, pattern, _lookup) for pattern in resources)
        return not any(is_like(resource_arn, pattern, _lookup) for pattern in not_resources)

    def _evaluate_single_condition(operator: str, actual: Any, expected_values: list[str]) -> bool:
        decided = decide(operator, actual, [str(value) for value in expected_values], _lookup)
        return bool(single(operator, actual, expected_values)) if decided is None else decided

    @lru_cache(maxsize=512)
    def parsed(text: str) -> list[Any]:
        statements: list[Any] = parse(text)
        if not _has_variables(text):
            for statement in statements:
                statement.resources = [without_variables(pattern) for pattern in statement.resources]
                statement.not_resources = [without_variables(pattern) for pattern in statement.not_resources]
                statement.conditions = json.loads(without_variables(json.dumps(statement.conditions)))
        return statements

    def parse_policy_document(doc: str | dict[str, Any]) -> list[Any]:
        # Every request has the caller's policies parsed anew: the cache makes that cheap.
        return parsed(doc if isinstance(doc, str) else json.dumps({"Version": _WITH_VARIABLES, **doc}))

    replace(iam_evaluator, "_first_match", _first_match)
    replace(iam_evaluator, "_conditions_met", _conditions_met)
    replace(iam_evaluator, "_resource_matches", _resource_matches)
    replace(iam_evaluator, "_evaluate_single_condition", _evaluate_single_condition)
    replace(iam_evaluator, "parse_policy_document", parse_policy_document)


def _has_variables(document: str) -> bool:
    try:
        return bool(json.loads(document).get("Version") == _WITH_VARIABLES)
    except (ValueError, AttributeError):
        return False
