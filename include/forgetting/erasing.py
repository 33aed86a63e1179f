"""
One person is erased on request: from the ledger and from every night that is stored, and left out of what is pulled.

Who is meant is told by one address. What else a record says that bears it goes with the record; people whom it was
thought to be the same as, by other addresses, are asked for by those. What is left is one line of the audit with the
keyed hash of the address, and the checksums in earlier lines: of what was approved, and in each Message-ID of whom it
was sent to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from include.errors import NotAllowed
from include.forgetting import nights, rows, unfinished
from include.forgetting.compacting import compact
from include.forgetting.pseudonyms import Erased, erased, make_key
from include.people.addresses import normal
from include.store import aliases

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshots

JUST_NOW = timedelta(days=2)  # how old a night may be that was under way when somebody was erased


def erase(
    ledger: Ledger, snapshots: Snapshots, settings: Settings, address: str, now: datetime | None = None
) -> dict[str, int]:
    """
    Erase the person with this address. Returns how much was blanked and taken out, by what it was.

    Asked again, it erases what has come since. Raises NotAllowed for what is no address, and while a write of theirs
    may be under way; then nothing is erased.
    """
    if normal(address) is None:
        raise NotAllowed("That is no address. Nothing was erased.")
    key = make_key(settings)
    one = Erased(key, frozenset({key.pseudonym(address)}))
    at = now or datetime.now(UTC)
    stored = nights.records(snapshots, one)
    with ledger.write() as connection:
        today = aliases.names(connection)
        refs = stored | rows.records(connection, one)
        refs |= {name for old, new in today.items() if {old, new} & refs for name in (old, new)}
        found = rows.of_person(connection, one, refs)
        rows.require_settled(connection, found)
        rows.blank(connection, found, "erased", {"person": key.pseudonym(address), "key": key.mark}, at)
        rows.unsay(connection, one)
        unfinished.note(snapshots, key.pseudonym(address), refs)
    taken = _from_nights(snapshots, one, frozenset(refs))
    unfinished.done(snapshots, key.pseudonym(address))
    compact(ledger)
    return {"records": len(refs), **found.counts, **taken}


def sweep(ledger: Ledger, snapshots: Snapshots, settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """
    Take out what a night that was under way, or a person's hand, has brought back of people who were erased.

    An erasure that broke off after the ledger was blanked is gone on with, in every night.
    """
    people = erased(ledger, settings)
    if people is None:
        return {}
    at = now or datetime.now(UTC)
    with ledger.write() as connection:
        found = rows.of_person(connection, people, frozenset())
        if any(found.counts.values()):
            rows.require_settled(connection, found)
            rows.blank(connection, found, "forgotten", {}, at)
    taken: Counter[str] = Counter()
    for person, refs in list(unfinished.left(snapshots)):
        if person in people.pseudonyms:  # of another, the ledger was never blanked: nothing is erased yet
            taken.update(_from_nights(snapshots, Erased(people.key, frozenset({person})), refs))
            unfinished.done(snapshots, person)
    taken.update(_from_nights(snapshots, people, frozenset(), (at - JUST_NOW).date().isoformat()))
    return {**found.counts, **taken}


def _from_nights(snapshots: Snapshots, people: Erased, refs: frozenset[str], since: str = "") -> dict[str, int]:
    counts: Counter[str] = Counter({"nights": 0, "rows": 0, "pages": 0})
    for snapshot in list(snapshots.all()):
        if snapshot.night >= since and (taken := nights.erase(snapshot, people, refs)):
            counts["nights"] += 1
            counts.update(_by_kind(taken))
    return dict(counts)


def _by_kind(taken: Mapping[str, int]) -> Counter[str]:
    told: Counter[str] = Counter()
    for name, number in taken.items():
        told["pages" if name.endswith(".page") else "rows"] += number
    return told
