"""
The audit's head, kept beside the snapshots: a ledger that was restored from a copy, or cut short, does not hold it.

Every night and every run that applies something leaves the head there, and nothing is applied from a ledger whose audit
does not go on from it. Who can write to both the database and the snapshots can deceive it: print the head
(`python -m include.audit head`) and keep it in a third place.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from include.errors import LedgerBehind
from include.store import audit
from include.store.parts import write_whole

if TYPE_CHECKING:
    from upath import UPath

    from include.store.ledger import Ledger

logger = logging.getLogger(__name__)

FILE = "audit_head.json"


def keep(ledger: Ledger, data: str) -> None:
    """Leave the head below `data`, where the snapshots are, and in the log. Raises LedgerBehind."""
    require(ledger, data)
    seq, hash = audit.head(ledger)
    path = _file(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, {"seq": seq, "hash": hash})
    logger.info("The audit's head is %d:%s", seq, hash)


def kept(data: str) -> tuple[int, str] | None:
    """The head that was left below `data`; None where none was left yet. Raises LedgerBehind when it cannot be read."""
    path = _file(data)
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text("ascii"))
        return int(said["seq"]), str(said["hash"])
    except (ValueError, TypeError, KeyError) as error:
        raise LedgerBehind(f"{FILE}, which holds the audit's head, cannot be read. Nothing is applied.") from error


def require(ledger: Ledger, data: str) -> None:
    """Raise LedgerBehind unless the ledger's audit goes on from the head that was kept."""
    head = kept(data)
    if head is not None and not audit.holds(ledger, *head):
        raise LedgerBehind(
            f"The ledger's audit does not hold line {head[0]} as it was kept in {FILE} beside the snapshots: the "
            "ledger was restored from a copy, or its audit was changed. Nothing is applied, because what was written "
            "since may be forgotten. Compare it with the platforms' own records, then remove the file to go on."
        )


def _file(data: str) -> UPath:
    from upath import UPath

    return UPath(data) / FILE
