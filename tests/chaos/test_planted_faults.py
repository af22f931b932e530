"""The battery fails when it has to: services with a planted fault, which only a kill brings to light, are found out."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from luca_local.chaos.outgoing import Outgoing, kind_of
from luca_local.chaos.points import Point, Side
from luca_local.chaos.sync_setup import sync_stages
from luca_local.chaos.sync_stage import SyncStage
from luca_local.chaos.sync_weather import FAIR, OUTAGE, TROUBLED
from luca_local.chaos.trial import Trial
from luca_local.chaos.wire import Answer, Fate, fair
from luca_local.chaos.worker_setup import worker_stage
from luca_local.chaos.worker_stage import QUICK, SLOW
from luca_local.demo.judges.findings import Fault

PLANTED: Mapping[str, str] = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "planted"), *sys.path])}
INSERT = "dynamodb BatchExecuteStatement INSERT"
SUBMIT = "government POST /v1/submissions"


def faults(trial: Trial) -> set[Fault]:
    return {finding.fault for finding in trial.findings}


async def swallow_writes(request: Outgoing) -> Fate | Answer:
    if kind_of(request) != INSERT:
        return Fate.DELIVERED
    written = b",".join([b'{"TableName":"luca"}'] * len(request.json()["Statements"]))
    return Answer(200, (("Content-Type", "application/x-amz-json-1.0"),), b'{"Responses":[' + written + b"]}")


async def test_a_worker_is_found_out_only_if_it_has_a_fault(tmp_path: Path) -> None:
    before_the_write = (Point(INSERT, 1, Side.BEFORE),)
    async with worker_stage(tmp_path / "worker.log", more_environment=PLANTED) as stage:
        sound = await stage.play(QUICK, before_the_write)
        assert sound.kills == 1
        assert sound.findings == ()

        stage.module = "deletes_what_it_receives"
        unhurt = await stage.play(QUICK, ())
        assert unhurt.findings == ()
        killed = await stage.play(QUICK, before_the_write)
        assert killed.kills == 1
        assert Fault.LOST in faults(killed)

        stage.module, stage.weather = "luca_ingest_worker", swallow_writes
        swallowed = await stage.play(QUICK, ())
        assert Fault.LOST in faults(swallowed)
        stage.weather = fair
        assert (await stage.play(QUICK, ())).findings == ()  # nothing of the trials before is left

        slow = await stage.play(SLOW, ())
        assert slow.findings == ()
        assert "sqs ChangeMessageVisibilityBatch luca-events" in slow.lives[-1].made


async def of_module(stage: SyncStage, module: str, *points: Point) -> Trial:
    stage.module = module
    return await stage.play(FAIR, points)


async def test_a_sync_is_found_out_only_if_it_has_a_fault(tmp_path: Path) -> None:
    sent = Point(SUBMIT, 3, Side.AFTER)
    async with sync_stages(tmp_path, 1, more_environment=PLANTED) as (stage,):
        sound = await of_module(stage, "luca_gov_sync", sent)
        assert sound.kills == 1
        assert sound.findings == ()
        troubled = await stage.play(TROUBLED, ())
        assert troubled.findings == ()
        assert troubled.lives[-1].made.count("dynamodb PutItem BATCH DLQ") == 2  # one of each school
        assert troubled.lives[-1].made.count("dynamodb PutItem BATCH ClientError") == 2
        outage = await stage.play(OUTAGE, ())
        assert outage.findings == ()
        told = [trial.lives[-1].made.count("sns Publish") for trial in (sound, outage)]
        assert told[1] == told[0] + 2  # it begins, and is over
        assert "dynamodb PutItem BATCH Parked" in outage.lives[-1].made

        assert (await of_module(stage, "forgets_its_batches")).findings == ()
        assert Fault.DOUBLED in faults(await of_module(stage, "forgets_its_batches", sent))

        assert (await of_module(stage, "sends_other_bytes_each_time")).findings == ()
        assert Fault.VIOLATION in faults(await of_module(stage, "sends_other_bytes_each_time", sent))

        assert Fault.MISSING in faults(await of_module(stage, "sends_nothing"))
