"""First answers: whose turn it is, and what is kept."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from luca_interactive.first_answers import Answer, Claim, FirstAnswers, InWork, KeyedRequest, OtherRequest
from luca_shared.aws.errors import ConditionFailed
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.secret_key import AnotherKey

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import Premises

NORTE = TenantContext.of_directory(SchoolId("norte"), "test")
REQUEST = KeyedRequest(digest="d" * 64, sha256="a" * 64, key="k1")
ANSWER = Answer(201, {"ETag": '"1"'}, b'{"score": 8.5}')


@pytest.fixture
async def premises(new_premises: Callable[[], Awaitable["Premises"]]) -> "Premises":
    return await new_premises()


@pytest.fixture
def answers(premises: "Premises") -> FirstAnswers:
    return premises.parts.first_answers


async def claimed(answers: FirstAnswers) -> Claim:
    claim = await answers.claim(NORTE, REQUEST, within=5)
    assert isinstance(claim, Claim)
    return claim


async def found(answers: FirstAnswers, request: KeyedRequest = REQUEST) -> object:
    return await answers.claim(NORTE, request, within=5)


async def test_a_request_is_claimed_once_and_then_answered_for_good(answers: FirstAnswers) -> None:
    claim = await claimed(answers)
    assert await found(answers) == InWork()
    await answers.keep(NORTE, REQUEST, claim, ANSWER)
    assert await found(answers) == await found(answers) == ANSWER


async def test_one_that_is_given_up_is_free(answers: FirstAnswers) -> None:
    await answers.give_up(NORTE, REQUEST, await claimed(answers))
    await claimed(answers)


@pytest.mark.parametrize("answered", [True, False])
async def test_another_request_is_told_apart(answers: FirstAnswers, *, answered: bool) -> None:
    claim = await claimed(answers)
    if answered:
        await answers.keep(NORTE, REQUEST, claim, ANSWER)
    assert await found(answers, replace(REQUEST, sha256="b" * 64)) == OtherRequest()


async def test_a_straggler_neither_keeps_nor_gives_up_what_is_anothers(
    answers: FirstAnswers, premises: "Premises"
) -> None:
    straggler = await claimed(answers)
    premises.clock.now += 7
    successor = await claimed(answers)
    await answers.keep(NORTE, REQUEST, straggler, replace(ANSWER, status=412))
    await answers.give_up(NORTE, REQUEST, straggler)
    assert await found(answers) == InWork()
    await answers.keep(NORTE, REQUEST, successor, ANSWER)
    await answers.give_up(NORTE, REQUEST, straggler)
    assert await found(answers) == ANSWER


@pytest.mark.parametrize("within", [0.0, 0.4, 4.9])
async def test_a_claim_lasts_as_long_as_its_request_and_hardly_longer(
    answers: FirstAnswers, premises: "Premises", within: float
) -> None:
    premises.clock.now = 1000.9
    assert isinstance(await answers.claim(NORTE, REQUEST, within=within), Claim)
    premises.clock.now += within
    assert await found(answers) == InWork()
    premises.clock.now += 2
    await claimed(answers)


async def test_an_answer_that_no_item_can_hold_is_not_kept(answers: FirstAnswers, premises: "Premises") -> None:
    noise = random.Random(1).randbytes(400_000)
    await answers.keep(NORTE, REQUEST, await claimed(answers), replace(ANSWER, body=noise))
    claim = await claimed(answers)
    text = b'{"comment": "Muy bien"}' * 40_000  # 900 KB, which compress well
    await answers.keep(NORTE, REQUEST, claim, replace(ANSWER, body=text))
    assert await found(answers) == replace(ANSWER, body=text)
    assert all(len(item.get("body", b"")) < 400_000 for item in premises.dynamodb.items.values())


async def test_only_the_key_that_it_was_kept_under_opens_an_answer(answers: FirstAnswers) -> None:
    await answers.keep(NORTE, REQUEST, await claimed(answers), ANSWER)
    with pytest.raises(AnotherKey):
        await found(answers, replace(REQUEST, key="k2"))


async def test_a_refusal_that_does_not_show_the_record_stays_one(
    answers: FirstAnswers, premises: "Premises", monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise ConditionFailed("PutItem", "ConditionalCheckFailedException")

    monkeypatch.setattr(type(premises.dynamodb), "put_item", refused)
    with pytest.raises(ConditionFailed):
        await answers.claim(NORTE, REQUEST, within=5)
