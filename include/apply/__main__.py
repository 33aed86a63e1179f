"""`python -m include.apply stop`: nothing more is written to any platform, in any worker, until `resume`."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime

from include.errors import RollcallError
from include.settings import settings
from include.store import open_ledger, switch


def main(arguments: list[str] | None = None) -> int:
    """Throw the switch, or tell how it stands; 1 with one line that says why it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m include.apply", description=__doc__)
    parser.add_argument("verb", choices=["stop", "resume", "status"])
    parser.add_argument("--why", default="", help="the reason, kept in the ledger")
    parser.add_argument("--who", default=getpass.getuser(), help="who throws the switch (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        ledger = open_ledger()
        if asked.verb != "status":
            switch.throw(ledger, asked.who, asked.why, datetime.now(UTC), stop=asked.verb == "stop")
        stands = switch.thrown(ledger)
    except RollcallError as error:
        print(error, file=sys.stderr)  # noqa: T201  this is a command
        return 1
    off = "" if settings().apply == "on" else " ROLLCALL_APPLY is off: runs only read and compare."
    print(_told(stands) + off)  # noqa: T201
    return 0


def _told(stands: switch.Thrown | None) -> str:
    if stands is None:
        return "Approved fixes are written. Nobody has stopped them so far."
    how = "Every write is stopped" if stands.stopped else "Approved fixes are written again"
    return f"{how}: {stands.why} ({stands.who}, {stands.at:%Y-%m-%d %H:%M} UTC)."


if __name__ == "__main__":
    sys.exit(main())
