"""`python -m include.store upgrade`: bring the ledger's tables to what this code expects. `verify` reads its chain."""

from __future__ import annotations

import argparse
import sys

from include.errors import RollcallError
from include.settings import settings


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 0 when it is done, 1 with one line that says why not."""
    parser = argparse.ArgumentParser(prog="python -m include.store", description=__doc__)
    parser.add_argument("verb", choices=["upgrade", "verify"])
    verb = parser.parse_args(arguments).verb
    from sqlalchemy.exc import OperationalError

    try:
        if verb == "upgrade":
            from include.store.ledger import upgrade

            upgrade(settings().ledger)
            return _say("The ledger is up to date.")
        from include.store import audit
        from include.store.ledger import open_ledger

        broken = audit.verify(open_ledger(settings().ledger))
    except RollcallError as error:
        return _fail(str(error))
    except (OSError, OperationalError) as error:
        cause = str(error.orig if isinstance(error, OperationalError) else error)
        return _fail(f"The ledger cannot be used: {cause.splitlines()[0]}. Is ROLLCALL_LEDGER what you meant?")
    return _say("Every line of the audit follows from the one before.") if broken is None else _say(broken, 1)


def _say(words: str, code: int = 0) -> int:
    print(words)  # noqa: T201  this is a command
    return code


def _fail(words: str) -> int:
    print(words, file=sys.stderr)  # noqa: T201  this is a command
    return 1


if __name__ == "__main__":
    sys.exit(main())
