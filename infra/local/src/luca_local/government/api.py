"""The contract's endpoints, as they behave on a good day."""

from aiohttp import web

from luca_local.government.answers import json_answer, page, problem
from luca_local.government.contract import MAX_BYTES, submission_digest
from luca_local.government.faults import Faults
from luca_local.government.journal import Journal
from luca_local.government.ledger import ChangedBytes, Ledger, Received, Refused

# Which request it is, in the order of arrival: what joins the lines of the journal.
NUMBER = web.RequestKey("number", int)


class Api:
    """Submissions in, receipts and records out."""

    def __init__(self, ledger: Ledger, journal: Journal) -> None:
        self._ledger = ledger
        self._journal = journal
        self.faults = Faults()  # of these it needs to know whose records are not acceptable

    def routes(self) -> list[web.RouteDef]:
        """Return the endpoints."""
        return [
            web.post("/v1/submissions", self._submit),
            web.get("/v1/submissions/{submission_id}", self._submission),
            web.get("/v1/submissions", self._submissions),
            web.get("/v1/records", self._records),
        ]

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request as the contract says, errors included."""
        try:
            response = await request.match_info.handler(request)
        except Refused as refused:
            if isinstance(refused, ChangedBytes):
                self._journal.write("violation", number=request[NUMBER], rule="same id, same bytes")
            return problem(refused.status, refused.code, refused.detail)
        except web.HTTPException as error:
            return problem(error.status, "not-found" if error.status == 404 else "invalid-request", error.reason)
        if not isinstance(response, web.Response):
            raise TypeError("the contract's endpoints answer whole")
        return response

    async def _submit(self, request: web.Request) -> web.Response:
        body = await request.read()
        if len(body) > MAX_BYTES:
            raise Refused(413, "too-large", f"at most {MAX_BYTES} bytes")
        receipt, known, rows = self._ledger.receive(
            body,
            idempotency_key=request.headers.get("Idempotency-Key"),
            refused_students=self.faults.refused_students,
            poisonous=self.faults.poisonous_students,
        )
        for row in rows:
            self._journal.write(
                "row",
                number=request[NUMBER],
                record_id=row.record_id,
                version=row.version,
                sha256=row.sha256,
                submission_id=row.submission_id,
            )
        return json_answer(receipt, status=409 if known else 200)

    async def _submission(self, request: web.Request) -> web.Response:
        received = self._ledger.known(request.match_info["submission_id"])
        if received is None:
            raise Refused(404, "not-found", "no such submission")
        return json_answer(received.receipt)

    async def _submissions(self, request: web.Request) -> web.Response:
        period = self._ledger.periods.get(_parameter(request, "period"))
        submissions = period.submissions.items() if period else ()
        items = [_summary(submission_id, received) for submission_id, received in submissions]
        return page(items, key="submission_id", cursor=request.query.get("cursor", ""))

    async def _records(self, request: web.Request) -> web.Response:
        period = self._ledger.periods.get(_parameter(request, "period"))
        school_id = _parameter(request, "school_id")
        rows = period.records.get(school_id, {}).values() if period else ()
        items = [
            {"record_id": r.record_id, "version": r.version, "sha256": r.sha256, "submission_id": r.submission_id}
            for r in rows
        ]
        return page(items, key="record_id", cursor=request.query.get("cursor", ""))


def _summary(submission_id: str, received: Received) -> dict[str, object]:
    accepted = [(row.record_id, row.version, row.sha256) for row in received.rows]
    return {"submission_id": submission_id, "accepted": len(accepted), "digest": submission_digest(accepted)}


def _parameter(request: web.Request, name: str) -> str:
    if not (value := request.query.get(name)):
        raise Refused(422, "invalid-request", f"the query needs {name}")
    return value
