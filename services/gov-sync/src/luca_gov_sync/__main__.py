"""Runs the government sync: `python -m luca_gov_sync run --period 2026-Q4`, or with `--help` to see what there is."""

import sys

from luca_gov_sync.command_line import main

if __name__ == "__main__":
    sys.exit(main())
