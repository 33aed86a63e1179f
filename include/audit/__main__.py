"""
`python -m include.audit`: replay the audit and hold the ledger's tables against it. 0: all is as it should be.

1: a line of the audit is broken, a row is not accounted for, or the kept head is not in the chain. 2: the ledger cannot
be used. `head` prints the newest line's number and hash: keep it where the ledger's administrator cannot change it, and
hold the ledger against it later with `--head NUMBER:HASH`.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from include.errors import RollcallError
from include.settings import settings

if TYPE_CHECKING:
    from include.store.ledger import Ledger

SHOWN = 20  # so many differences are printed


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 0 when all holds, 1 when something does not, 2 when it cannot be told."""
    parser = argparse.ArgumentParser(
        prog="python -m include.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", nargs="?", choices=["check", "head"], default="check")
    parser.add_argument("--head", metavar="NUMBER:HASH", help="a head that was kept elsewhere")
    asked = parser.parse_args(arguments)
    from sqlalchemy.exc import OperationalError

    from include.audit import heads
    from include.store import audit, open_ledger

    try:
        ledger = open_ledger()
        if asked.verb == "head":
            return _say("{}:{}".format(*audit.head(ledger)))
        return _check(ledger, [_parsed(asked.head)] if asked.head else [], heads.kept(settings().data))
    except (RollcallError, ValueError) as error:
        return _fail(str(error))
    except (OSError, OperationalError) as error:
        cause = str(error.orig if isinstance(error, OperationalError) else error)
        return _fail(f"The ledger cannot be used: {cause.splitlines()[0]}. Is ROLLCALL_LEDGER what you meant?")


def _check(ledger: Ledger, given: list[tuple[int, str]], beside: tuple[int, str] | None) -> int:
    from include.audit import checked

    found = checked(ledger, [*given, *([beside] if beside else [])])
    for problem in found.problems[:SHOWN]:
        _say(problem)
    if (more := len(found.problems) - SHOWN) > 0:
        _say(f"... and {more} more.")
    if found.problems:
        return 1
    told = ", ".join(f"{number} {what}" for what, number in found.counts.items())
    _say(f"The audit is whole: {found.lines} lines, each follows from the one before, and the tables say the same.")
    return _say(f"They lead to {told}. Its head is {found.head[0]}:{found.head[1]}")


def _parsed(head: str) -> tuple[int, str]:
    number, _, hash = head.partition(":")
    if not number.isdecimal() or len(hash) != 64:
        raise ValueError("A head is a number, a colon and 64 hex digits, as `python -m include.audit head` prints it.")
    return int(number), hash


def _say(words: str) -> int:
    print(words)  # noqa: T201  this is a command
    return 0


def _fail(words: str) -> int:
    print(words, file=sys.stderr)  # noqa: T201  this is a command
    return 2


if __name__ == "__main__":
    sys.exit(main())
