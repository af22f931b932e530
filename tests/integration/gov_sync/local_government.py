"""The local government as a process of its own, and what its journal says."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

TOKEN = "local-government"


class LocalGovernment:
    """Runs while the context lasts."""

    def __init__(self, journal: Path, per_second: int = 50) -> None:
        self.journal = journal
        self.per_second = per_second
        self.url = ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self._start(port=0)
        return self

    async def restart(self) -> None:
        """Kill it and start it on the same port: it remembers nothing, but writes on in the same journal."""
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()
        await self._start(port=int(self.url.rpartition(":")[2]))

    async def held(self, period: str, schools: Sequence[str]) -> dict[str, int]:
        """The version that it holds of each record."""
        held: dict[str, int] = {}
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
            for school_id in schools:
                query = {"period": period, "school_id": school_id}
                async with session.get(self.url + "/v1/records", params=query) as answer:
                    held |= {each["record_id"]: each["version"] for each in (await answer.json())["items"]}
        return held

    async def _start(self, port: int) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "luca_local.government", "--token", TOKEN),
            *("--port", str(port), "--per-second", str(self.per_second), "--journal", str(self.journal)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self.url = (await self._process.stdout.readline()).decode().strip()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def misbehave(self, **faults: Any) -> None:
        """Switch misbehaviour on; nothing switches it off."""
        async with aiohttp.ClientSession() as session, session.put(self.url + "/control/faults", json=faults) as answer:
            assert answer.status == 200, await answer.text()

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """What the journal says of one kind."""
        lines = [json.loads(line) for line in self.journal.read_text().splitlines()]
        return [line for line in lines if line["kind"] == kind]

    def accepted(self) -> dict[str, set[tuple[int, str]]]:
        """Every version that was accepted, with its hash, by record."""
        rows: dict[str, set[tuple[int, str]]] = {}
        for row in self.lines("row"):
            rows.setdefault(row["record_id"], set()).add((row["version"], row["sha256"]))
        return rows
