"""The sync's commands: `run`, `status` and `resume`."""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from luca_gov_sync.endings import Ending
from luca_gov_sync.heartbeat import Heartbeat, Watch
from luca_gov_sync.resuming import NotHalted, resume
from luca_gov_sync.settings import RunSettings, SyncSettings
from luca_gov_sync.status_table import status_table
from luca_gov_sync.task import carry_out, run_table
from luca_shared.runtime import logs, service
from luca_shared.runtime.service import Life
from luca_shared.runtime.settings import load, variables
from luca_shared.runtime.settings_table import text_table
from luca_shared.tenancy.ids import InvalidId, Term, parse_id

Command = Callable[[Life, argparse.Namespace], Awaitable[Ending]]


async def run(life: Life, options: argparse.Namespace) -> Ending:
    """Begin a run, or go on with it, until its end."""
    settings = load(SyncSettings)
    logs.configure("gov-sync", settings.log_level)
    heartbeat = Heartbeat()
    with Watch(heartbeat, settings.heartbeat):
        await life.operations(host=settings.host, port=settings.operations_port)
        return await carry_out(
            life, settings, options.period, heartbeat, create=not options.only_resume, wait=options.wait
        )


async def status(life: Life, options: argparse.Namespace) -> Ending:
    """Show where a run stands."""
    settings = load(RunSettings, also_known=_every_variable())
    logs.configure("gov-sync", settings.log_level)
    runs = await run_table(life, settings)
    found = await runs.get(options.period)
    if found is None:
        _say(f"There is no run of {options.period}.")
        return Ending.NOTHING_TO_RESUME
    _say(
        status_table(
            found,
            await runs.of_schools(options.period),
            now=time.time(),
            deadline=settings.deadline,
            per_second=settings.government_rate,
        )
    )
    return Ending.COMPLETED


async def resume_halted(life: Life, options: argparse.Namespace) -> Ending:
    """Let a halted run go on."""
    settings = load(RunSettings, also_known=_every_variable())
    logs.configure("gov-sync", settings.log_level)
    try:
        await resume(await run_table(life, settings), options.period)
    except NotHalted as refused:
        state = refused.state.value if refused.state else "not there"
        _say(f"The run of {options.period} is {state}: there is nothing to resume.")
        return Ending.MISUSED
    _say(f"The run of {options.period} may go on. The keeper starts a task within the hour, or start one: run.")
    return Ending.COMPLETED


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    endings: list[Ending] = []

    async def serve(life: Life) -> None:
        endings.append(await command(life, options))

    code = service.run(serve, service="gov-sync")
    if code != service.ORDERLY:
        return code
    ending = endings[0] if endings else Ending.STOPPED
    if command is run:
        print(f"gov-sync: {ending.meaning}", file=sys.stderr)  # noqa: T201  # for a person at a terminal
    return ending.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gov-sync",
        description="Path 3 of Luca: every grade of a period to the government.",
        epilog=f"exit codes:\n{_exit_codes()}\n\nsettings, read from the environment:\n\n{text_table(SyncSettings)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="begin a run or go on with it, until its end", description=run.__doc__)
    running.set_defaults(command=run)
    running.add_argument(
        "--only-resume", action="store_true", help="begin no run that there isn't: for the keeper, which comes hourly"
    )
    running.add_argument(
        "--wait", action="store_true", help="wait out the lease of a task that was killed, instead of ending at once"
    )
    showing = commands.add_parser("status", help="where a run stands", description=status.__doc__)
    showing.set_defaults(command=status)
    resuming = commands.add_parser(
        "resume", help="let a halted run go on, once the cause is mended", description=resume_halted.__doc__
    )
    resuming.set_defaults(command=resume_halted)
    for each in (running, showing, resuming):
        each.add_argument("--period", type=_period, required=True, metavar="TERM", help="for example 2026-Q4")
    return parser


def _period(text: str) -> Term:
    try:
        return parse_id(Term, text)
    except InvalidId:
        raise argparse.ArgumentTypeError("a term has letters, digits, _ and -, at most 64") from None


def _exit_codes() -> str:
    return "\n".join(f"  {ending.code}  {ending.meaning}" for ending in Ending)


def _every_variable() -> list[str]:
    return [variable.name for variable in variables(SyncSettings)]


def _say(text: str) -> None:
    print(text)  # noqa: T201  # the command's answer
