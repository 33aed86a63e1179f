"""What has become of a finding's options since a reviewer saw an earlier version of it. It decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.review import words
from include.store import versions

if TYPE_CHECKING:
    from include.model import Fix
    from include.store.findings import FindingRow
    from include.store.ledger import Ledger


def since(ledger: Ledger, row: FindingRow, version: int) -> list[str]:
    """What differs between `version` and now, as sentences; none when it is the newest."""
    if row.version == version:
        return []
    then = _options(ledger, row.id, version)
    now = _options(ledger, row.id, row.version)
    said = [f"No longer offered: {label}" for label in then if label not in now]
    for label, changes in now.items():
        if label not in then:
            said.append(f"Newly offered: {label}")
            continue
        said += [f"No longer part of “{label}”: {one}" for one in then[label] if one not in changes]
        said += [f"Now part of “{label}”: {one}" for one in changes if one not in then[label]]
    return said or ["The options are the same; what speaks for or against them is not."]


def _options(ledger: Ledger, finding_id: str, version: int) -> dict[str, list[str]]:
    """The options of one version: what each changes, one line a field."""
    with ledger.read() as connection:
        stored = versions.stored(connection, finding_id, version)
    return {option.label: [line for fix in option.fixes for line in _lines(fix)] for option in stored.options}


def _lines(fix: Fix) -> list[str]:
    return [
        f"{words.record(str(fix.target))}, {change['field']}: {change['before'] or '(none)'} → {change['after']}"
        for change in words.changes(fix.action, fix.before, fix.after)
    ]
