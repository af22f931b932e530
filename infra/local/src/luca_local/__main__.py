"""The local platform from the command line: `run` brings it up, `demo` plays a day on it, `token` logs somebody in."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from luca_local import login
from luca_local.demo import arguments as arguments_of_demo
from luca_local.isolated_environment import isolate
from luca_local.part_names import OPTIONAL
from luca_local.platform_errors import PlatformError

_RUN_FILE = Path("build/run.json")
_LOGS = Path("build/logs")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code: 0 after an orderly end, 2 for wrong options or settings, else 1."""
    options = _parser().parse_args(arguments)
    isolate(os.environ)
    try:
        if options.command == "token":
            token = login.id_token(login.read_run(options.run_file or _RUN_FILE), options.username)
            sys.stdout.write(token + "\n")
        elif options.command == "demo":
            return _demo(options)
        else:
            _run(options)
    except PlatformError as error:
        sys.stderr.write(f"luca: {error}\n")
        return error.exit_code
    return 0


def _run(options: argparse.Namespace) -> None:
    from luca_local.run_command import Options, run  # noqa: PLC0415  # a second of imports that nobody else needs

    run(
        Options(
            port=options.port,
            emulator_port=options.emulator_port,
            emulator_url=options.emulator_url,
            images=options.images,
            run_file=(options.run_file or _RUN_FILE).absolute(),
            exactly_this_run_file=options.run_file is not None,
            without=frozenset(options.without),
            logs=_LOGS.absolute(),
        ),
        verbose=options.verbose,
    )


def _demo(options: argparse.Namespace) -> int:
    from luca_local.demo.command import DemoOptions, demo  # noqa: PLC0415  # as above

    return demo(
        DemoOptions(
            size=arguments_of_demo.size_of(options),
            seed=arguments_of_demo.seed_of(options),
            report=options.report,
            run_file=_RUN_FILE.absolute(),
            logs=_LOGS.absolute(),
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m luca_local", description="The whole of Luca on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser(
        "run",
        help="bring everything up; Ctrl-C stops it all",
        description="Brings up the AWS emulator, deploys the templates to it, writes demo schools, starts the services "
        "and the edge, and writes where everything is into the run file. Ctrl-C stops it all. Several platforms can "
        "run side by side: the first one has build/run.json, another one build/run-PID.json.",
    )
    run.add_argument("--port", type=_port, default=0, help="of the edge; any free one unless given")
    run.add_argument("--emulator-port", type=_port, default=0, help="of the AWS emulator; any free one unless given")
    run.add_argument(
        "--emulator-url",
        metavar="URL",
        help="of an AWS emulator that runs already, and has nothing in it, such as the image luca-emulator",
    )
    run.add_argument(
        "--images",
        metavar="TAG",
        nargs="?",
        const="local",
        help="run the services' images of this tag (local unless given; see make images) in place of their processes",
    )
    run.add_argument(
        "--without",
        action="append",
        choices=OPTIONAL,
        default=[],
        help="don't start this one: for who runs it from a debugger",
    )
    run.add_argument("--verbose", action="store_true", help="show what each step does, and where a failure comes from")
    arguments_of_demo.add_to(
        commands.add_parser(
            "demo",
            help="play a school day on a platform of its own, and judge it",
            description="Brings up a platform, plays a school day on it from the outside (a lesson, recess, the "
            "quarter's submission to a government that does everything wrong, attempts at other schools' data), and "
            "judges it from the outside. Exit code 0 when nothing was lost, doubled, stale, violated or leaked.",
        )
    )
    token = commands.add_parser(
        "token",
        help="log a demo account in and print its ID token",
        description="Prints an ID token, which the header Authorization carries: Bearer TOKEN.",
    )
    token.add_argument("username", help="for example teacher.norte")
    for command in (run, token):
        command.add_argument("--run-file", type=Path, help=f"{_RUN_FILE} unless given")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 (any free one) to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
