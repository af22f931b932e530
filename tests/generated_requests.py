"""Requests that nobody thought of, made from the API's description, and what a running service may answer to them.

Right ones and wrong ones, of each role, about what there is and what there isn't: never a 5xx, no status, media type,
header or body that isn't described, nothing that is wrong accepted, and nobody without a token.
"""

import asyncio
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from luca_interactive.access import Endpoint
from luca_shared.tenancy.context import Role

PRECONDITIONS: Final[list[dict[str, str]]] = [{"If-None-Match": "*"}, {"If-Match": '"1"'}, {"If-Match": '"7"'}]
RIGHT_ONES, WRONG_ONES = 20, 15

# What is right by the description may be refused all the same: a cursor of another list, a score above the maximum, a
# write that names no version. And what is wrong may be refused as what it is: without a version (428), too large (413).
CHECKS: Final = """
[checks]
positive_data_acceptance.enabled = false
missing_required_header.expected-statuses = [401, 403, 422, 428]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 413, 415, 422, 428]
"""


class Trial:
    """An operation of the description that the service at `url` gives, tried by everybody.

    Args:
        url: The service's.
        declared: The operation.
        tokens: Of a person of each role.
        there: What there is, by the names of parameters.
    """

    def __init__(self, url: str, declared: Endpoint, tokens: Mapping[Role, str], there: Mapping[str, str]) -> None:
        config = schemathesis.Config.from_dict(tomllib.loads(CHECKS))
        self._description = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
        self._operation = self._description[declared.path][declared.method]
        self._may = declared.may
        self._tokens = tokens
        self._there = there
        names_a_version = not declared.inputs.models.keys().isdisjoint({"precondition", "version"})
        self._preconditions = PRECONDITIONS if names_a_version else [{}]
        self._seen: Counter[int] = Counter()

    def run(self) -> Counter[int]:
        """Return how often the answer was which."""
        right = self._operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        wrong = self._operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        with requests.Session() as session:
            for cases, many in ((right, RIGHT_ONES), (wrong, WRONG_ONES)):
                self._try_all(session, cases, many)
        return self._seen

    def _try_all(self, session: requests.Session, cases: Any, many: int) -> None:
        @settings(
            max_examples=many,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=cases,
            role=st.sampled_from(sorted(self._tokens)),
            there=st.sampled_from([True, True, False]),
            precondition=st.sampled_from(self._preconditions),
        )
        def try_one(case: schemathesis.Case[Any], role: Role, there: bool, precondition: dict[str, str]) -> None:
            if there:
                self._aim(case, precondition)
            response = case.call(session=session, headers={"Authorization": f"Bearer {self._tokens[role]}"})
            self._seen[response.status_code] += 1
            case.validate_response(response, headers=dict(response.request.headers))
            if role not in self._may:
                assert response.status_code in {401, 403}  # 401 when the token itself is what is wrong

        try_one()

    def _aim(self, case: schemathesis.Case[Any], precondition: dict[str, str]) -> None:
        """Let a request be about what is there, as far as nothing of it is meant to be wrong."""
        if case.path_parameters and is_right(case, ParameterLocation.PATH):
            self._aim_at_what_is_there(case.path_parameters)
        if case.query and is_right(case, ParameterLocation.QUERY):
            case.query.pop("cursor", None)
            self._aim_at_what_is_there(case.query)
        if is_right(case, ParameterLocation.HEADER) and precondition:
            case.headers.update(precondition)

    def _aim_at_what_is_there(self, parameters: dict[str, Any]) -> None:
        parameters.update({name: self._there[name] for name in parameters.keys() & self._there.keys()})


def is_right(case: schemathesis.Case[Any], location: ParameterLocation) -> bool:
    assert case.meta is not None
    component = case.meta.components.get(location)
    return component is None or component.mode is GenerationMode.POSITIVE


async def try_each_implied_case(url: str, token: str, folder: Path) -> None:
    """Try every bound, every missing and repeated parameter, every other method: schemathesis's own list of them.

    Args:
        url: The service's.
        token: Of somebody who may do a lot.
        folder: For schemathesis's files.
    """
    config = folder / "schemathesis.toml"
    config.write_text(CHECKS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", str(config), "run", f"{url}/openapi.json"),
        *("--phases", "examples,coverage", "--seed", "1"),
        *("--header", f"Authorization: Bearer {token}", "--generation-database", "none"),
        "--no-color",
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
