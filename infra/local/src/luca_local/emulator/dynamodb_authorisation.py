# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Authorises DynamoDB requests in the place of ministack, one check for each thing that AWS checks.

ministack's own enforcement is left the signature alone. What runs is then authorised here, in front of the handler, by
the operation that the handler itself will run. Two faults are mended on this ground, each by a shim that can be left
out: `leading_keys_never_set` and `partiql_authorised_as_execute`.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb

from luca_local.emulator import emulated_tables, parsed_once
from luca_local.emulator.dynamodb_checks import LEADING_KEYS, Check, MalformedStatementError, Translation
from luca_local.emulator.emulated_tables import EmulatedTables
from luca_local.emulator.key_conditions import UnreadableError
from luca_local.emulator.patching import original, replace

Answer = tuple[int, dict[str, str], bytes]

_STATEMENT_OPERATIONS = frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
# Never denied to anybody: asking for it makes ministack check the signature, and nothing else.
_SIGNATURE_ALONE = "sts:GetCallerIdentity"


class Authorisation:
    """Says for each request of DynamoDB whether it may run; the shims switch on what they mend."""

    def __init__(self) -> None:
        self._installed = False
        self._leading_keys = False
        self._by_statement = False
        parsed_once.install()
        self._translation = Translation(EmulatedTables(), dynamodb._parse_partiql)

    def set_leading_keys(self) -> None:
        """From now on requests carry `dynamodb:LeadingKeys`."""
        self._install()
        self._leading_keys = True

    def authorise_statements(self) -> None:
        """From now on PartiQL statements are authorised one by one, as what they do."""
        self._install()
        self._by_statement = True

    def _install(self) -> None:
        if self._installed:
            return
        emulated_tables.require()
        self._enforce = original(
            iam_evaluator,
            "enforce",
            *("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"),
        )
        self._run = app.SERVICE_HANDLERS["dynamodb"]

        def enforce(
            access_key_id: str,
            iam_action: str,
            service: str,
            region: str,
            resource_arn: str = "*",
            service_context: dict[str, Any] | None = None,
        ) -> Any:
            if service == "dynamodb":
                return self._enforce(access_key_id, _SIGNATURE_ALONE, service, region)
            return self._enforce(access_key_id, iam_action, service, region, resource_arn, service_context)

        replace(iam_evaluator, "enforce", enforce)
        app.SERVICE_HANDLERS["dynamodb"] = self._handle
        self._installed = True

    async def _handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        with parsed_once.one_request():
            return await self._run_if_permitted(method, path, headers, body, query_params)

    async def _run_if_permitted(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        """Hand a request on to ministack's handler, if the caller may make it."""
        access_key = router.extract_access_key_id(headers, query_params)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if access_key:  # unsigned requests were refused before: without a key it is the emulator itself that calls
            principal = iam_evaluator.resolve_principal(access_key, get_account_id())
            if isinstance(principal, iam_evaluator.AuthError):
                return app._credential_failure("dynamodb", f"dynamodb:{operation}", "", principal, headers)
            if principal.policies is not None:
                if operation == "BatchExecuteStatement" and self._by_statement:
                    return await self._run_batch(principal, (method, path, headers, body, query_params))
                denial = self._denial(principal, access_key, operation, body)
                if denial:
                    return _answer(400, {"__type": "AccessDeniedException", "Message": denial})
        return await self._run(method, path, headers, body, query_params)

    def _denial(self, principal: Any, access_key: str, operation: str, body: bytes) -> str | None:
        """Why the caller may not, None when it may."""
        translated = self._translation.knows(operation) and (
            self._by_statement or operation not in _STATEMENT_OPERATIONS
        )
        if not translated:
            return self._denial_of_whole(access_key, operation, body)
        try:
            checks = self._translation.checks(operation, json.loads(body))
        except MalformedStatementError:
            return None  # the handler's parser is the same one: it answers what is wrong
        except ValueError as error:
            return f"The request can't be authorised: {error}"
        return next(filter(None, (self._refusal(principal, check) for check in checks)), None)

    def _denial_of_whole(self, access_key: str, operation: str, body: bytes) -> str | None:
        """Decide as ministack does, for operations that are not about items."""
        action = f"dynamodb:{operation}"
        context = {
            **iam_actions.request_tag_context("dynamodb", action, body, {}),
            **iam_actions.dynamodb_service_context(body),
        }
        for arn in iam_actions.dynamodb_resource_arns(body, get_region(), get_account_id()) or ["*"]:
            denied = self._enforce(access_key, action, "dynamodb", get_region(), arn, context)
            if denied:
                return _message(action, arn, denied)
        return None

    def _refusal(self, principal: Any, check: Check) -> str | None:
        context = {name.lower(): value for name, value in check.context.items()}
        if not self._leading_keys:
            context.pop(LEADING_KEYS.lower(), None)
        request = iam_evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=check.action,
            resource_arn=check.resource,
            region=get_region(),
            service_context={"aws:tagkeys": None, **context},
            principal_keys=principal.keys,
        )
        decided = iam_evaluator.evaluate(request, principal.policies, *principal.limits)
        return None if decided.decision == "Allow" else _message(check.action, check.resource, decided)

    async def _run_batch(self, principal: Any, request: tuple[str, str, dict[str, str], bytes, Any]) -> Answer:
        """A BatchExecuteStatement: statements that may not run are answered by AccessDenied, the others run."""
        (method, path, headers, body, query_params) = request
        try:
            asked = json.loads(body)
            refusals = [self._statement_refusal(principal, statement) for statement in asked["Statements"]]
        except (ValueError, KeyError, TypeError):
            return await self._run(method, path, headers, b"{}", query_params)  # answered as a batch of nothing
        if not any(refusals):
            return await self._run(method, path, headers, body, query_params)
        responses = []
        permitted = [part for part, refusal in zip(asked["Statements"], refusals, strict=True) if refusal is None]
        rest: dict[str, Any] = {}
        if permitted:
            remaining = json.dumps({**asked, "Statements": permitted}).encode()
            status, answer_headers, answer = await self._run(method, path, headers, remaining, query_params)
            if status != 200:
                return status, answer_headers, answer
            rest = json.loads(answer)
            responses = list(reversed(rest["Responses"]))
        rest["Responses"] = [
            responses.pop() if refusal is None else {"Error": {"Code": "AccessDenied", "Message": refusal}}
            for refusal in refusals
        ]
        return _answer(200, rest)

    def _statement_refusal(self, principal: Any, statement: Mapping[str, Any]) -> str | None:
        try:
            return self._refusal(principal, self._translation.statement(statement))
        except MalformedStatementError:
            return None
        except UnreadableError as error:
            return f"The statement can't be authorised: {error}"


def _message(action: str, resource: str, decided: Any) -> str:
    text: str = iam_actions.identity_denial_message(action, decided.principal_arn, resource, decided.decision == "Deny")
    return text


def _answer(status: int, payload: Mapping[str, Any]) -> Answer:
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}
    if status != 200:
        headers["x-amzn-errortype"] = payload["__type"]
    return status, headers, body


authorisation = Authorisation()
