"""
The audit, read: what its lines lead to, whether the ledger's tables say the same, and the head that is kept elsewhere.

    python -m include.audit          replays it and names what does not hold
    python -m include.audit head     prints the newest line's number and hash, to be kept elsewhere

It only reads the ledger. Lines are written by who changes something (`include.store.audit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong, in sentences, the first first; how many lines there are, the newest one, and what they lead to."""

    problems: list[str]
    lines: int
    head: tuple[int, str]
    counts: Mapping[str, int]


def checked(ledger: Ledger, heads: Iterable[tuple[int, str]] = ()) -> Checked:
    """
    Replay the audit and compare the tables with it, all as of one moment. Reads only.

    `heads`: lines that were kept elsewhere. Behind a broken line nothing is replayed: what follows proves nothing.
    """
    from include.audit.comparing import differences
    from include.audit.replay import State
    from include.store import audit

    state = State()
    hashes = {0: audit.START}

    def take(row: audit.Line) -> None:
        hashes[row.seq] = row.hash
        state.take(row.seq, row.kind, row.at, row.body)

    with ledger.read() as connection:
        broken = audit.broken(connection, take)
        problems = [broken] if broken else list(differences(connection, state))
    lost = [seq for seq, hash in heads if hashes.get(seq) != hash]
    problems = [f"Line {seq} of the audit is not the one that was kept elsewhere." for seq in lost] + problems
    counts = {"findings": len(state.findings), "fixes with an outcome": len(state.fixes), "notices": len(state.notices)}
    return Checked(problems, state.lines, (max(hashes), hashes[max(hashes)]), counts)
