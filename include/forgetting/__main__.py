"""
`python -m include.forgetting`: forget what is too old; with `--count` it only says how much that is.

`--person` erases one person. The address is asked for, or read from the standard input: on a command line it would
stay in the shell's history, and everybody on the machine could read it. `--compact` only makes the ledger's file anew,
as the owner of its tables on PostgreSQL: nobody else there may.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from include.errors import RollcallError
from include.settings import settings


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 0 when it is done, 1 with one line that says why not."""
    parser = argparse.ArgumentParser(
        prog="python -m include.forgetting", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--count", action="store_true", help="only count what is too old")
    what.add_argument("--person", action="store_true", help="erase the person whose address is asked for")
    what.add_argument("--compact", action="store_true", help="only make the ledger's file anew")
    asked = parser.parse_args(arguments)
    from sqlalchemy.exc import OperationalError

    from include.forgetting import ageing, compacting, erasing
    from include.store import open_ledger, open_snapshots

    try:
        ledger, snapshots = open_ledger(), open_snapshots()
        if asked.person:
            return _say("Erased", erasing.erase(ledger, snapshots, settings(), _address()))
        if asked.compact:
            compacting.compact(ledger)
            return _say("Compacted", {"ledger": 1})
        if asked.count:
            return _say("Too old", ageing.count(ledger, snapshots, settings()))
        nights = ageing.forget_nights(snapshots, settings())
        found = {**nights, **ageing.forget_rows(ledger, settings())}
        compacting.compact(ledger)
        return _say("Forgotten", found)
    except RollcallError as error:
        return _fail(str(error))
    except (OSError, OperationalError) as error:
        cause = str(error.orig if isinstance(error, OperationalError) else error)
        return _fail(f"The stores cannot be used: {cause.splitlines()[0]}. Is ROLLCALL_LEDGER what you meant?")


def _address() -> str:
    if sys.stdin.isatty():
        return input("Address of the person to erase: ")
    return sys.stdin.readline()


def _say(what: str, counts: Mapping[str, int]) -> int:
    print(f"{what}: {', '.join(f'{number:,} {name}' for name, number in counts.items())}.")  # noqa: T201  a command
    return 0


def _fail(words: str) -> int:
    print(words, file=sys.stderr)  # noqa: T201  this is a command
    return 1


if __name__ == "__main__":
    sys.exit(main())
