"""
Whether what was judged of a finding stands, now that it is seen again.

It compares what the ledger has filed of the newest version with tonight's, under the names that merged records have
today; so a ledger that was filed by older code is compared by what it holds, not by how that was summed up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from include.model import Finding
from include.store import versions
from include.store.judged import Judged, judged, same_option

if TYPE_CHECKING:
    import sqlalchemy as sa


class Standing:
    """What was judged of the findings that the ledger knows, beside what is seen of them tonight (`seen`)."""

    def __init__(
        self,
        connection: sa.Connection,
        known: Mapping[str, sa.Row[Any]],
        found: Mapping[str, Finding],
        today: Mapping[str, str],
        accounts: Mapping[str, str],
    ) -> None:
        self._today, self._found = today, found
        self.seen = {id: seen(one, accounts) for id, one in found.items()}
        other = [id for id in sorted(found.keys() & known.keys()) if self.seen[id].content != known[id].content]
        self._stored = versions.newest(connection, other)
        self._then = {id: self._judged(known[id]) for id in other}

    def same(self, row: sa.Row[Any]) -> bool:
        """Whether a reviewer would judge the same; one that nobody has judged also shows its options in their order."""
        if row.id not in self._then:
            return True
        then, now = self._then[row.id], self._now(row)
        return then.content == now.content if row.state == "open" else then.alike(now)

    def still(self, row: sa.Row[Any]) -> bool:
        """Whether a rejection still says why."""
        return row.id not in self._then or self._then[row.id].still(self._now(row))

    def as_filed(self, row: sa.Row[Any]) -> dict[str, Any]:
        """What stays as the newest version has it, of a finding that is the same: its options keep their order."""
        if row.id not in self._then:
            return {}
        one, filed = self._found[row.id], self._stored[row.id].options
        wanted = None if one.recommended is None else one.options[one.recommended]
        recommended = None if wanted is None else same_option(wanted, filed, self._today)
        return {"recommended": recommended, "content": self._then[row.id].content, "shape": row.shape}

    def _judged(self, row: sa.Row[Any]) -> Judged:
        stored = self._stored[row.id]
        accounts = stored.accounts if row.accounts is None else row.accounts
        return judged(row.because, stored.options, accounts, self._today)

    def _now(self, row: sa.Row[Any]) -> Judged:
        """What is seen; of one that was filed before accounts were kept, only those that its fixes name."""
        seen = self.seen[row.id]
        if row.accounts is not None:
            return seen
        return replace(seen, accounts=versions.touched(self._found[row.id].options, seen.accounts))


def seen(one: Finding, accounts: Mapping[str, str]) -> Judged:
    """What a reviewer judges of a finding that is seen in these accounts."""
    refs = (one.subject, *one.others, *(fix.target for option in one.options for fix in option.fixes))
    within = {ref.platform: accounts[ref.platform] for ref in refs if ref.platform in accounts}
    return judged(one.as_json()["because"], one.options, within)
