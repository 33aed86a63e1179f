"""
Our own changes to records, so that the next night takes none of them for a person's, nor for something new.

Three things would echo. A night whose pull did not see a change yet would find again what was settled: its records are
left alone (`unseen`). A night that sees it would say that the record's address was changed since the night before: the
night before is taken as our change left it. And it would say that the record was changed last: a time at which we wrote
is nobody's, and is not told (`without_echo`). Nothing here writes to the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.model import Action, FixState, Ref
from include.store import aliases
from include.store.schema import fix, receipt

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshot
    from include.store.tables import Tables

WRITTEN = (FixState.IN_FLIGHT, FixState.UNKNOWN, FixState.APPLIED)
SHOWN = frozenset({Action.SET_EMAIL, Action.ADD_EMAIL, Action.SET_NAME, Action.MERGE, Action.ATTACH})
SKEW = timedelta(minutes=2)  # by how much a platform's clock may differ from ours
FIELDS = ("email", "first_name", "last_name")
COLUMNS = ("ref", "since", "until", *(f"{field}_{side}" for field in FIELDS for side in ("before", "after")))


@dataclass(frozen=True, slots=True)
class Write:
    """A change that was sent, between `since` and `until`; `names`: its records by the names of then and of today."""

    ref: Ref
    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    since: datetime
    until: datetime
    names: frozenset[Ref]


def writes(ledger: Ledger, accounts: Mapping[str, str]) -> list[Write]:
    """Every change that was sent to one of these accounts (by platform) and may have taken, in the order of sending."""
    ended = sa.select(sa.func.max(receipt.c.at)).where(receipt.c.fix_id == fix.c.id).scalar_subquery()
    wanted = (
        sa.select(fix.c.target, fix.c.platform, fix.c.account, fix.c.action, fix.c.before, fix.c.after)
        .add_columns(fix.c.sent_at, ended.label("ended"))
        .where(fix.c.sent_at.is_not(None), fix.c.state.in_([str(state) for state in WRITTEN]))
        .order_by(fix.c.sent_at, fix.c.id)
    )
    with ledger.read() as connection:
        rows = connection.execute(wanted).all()
        today = aliases.names(connection)
    told = []
    for row in rows:
        if row.account != accounts.get(row.platform, row.account):
            continue
        also = [str(row.before["duplicate"])] if row.action == Action.MERGE else []
        called = {row.target, *also}
        names = frozenset(Ref.parse(name) for name in called | {today.get(name, name) for name in called})
        until = max(row.sent_at, row.ended or row.sent_at)
        action = Action(row.action)
        told.append(Write(Ref.parse(row.target), action, row.before, row.after, row.sent_at, until, names))
    return told


def unseen(
    made: Iterable[Write], begun: datetime, partly: Mapping[str, datetime], tables: Mapping[Ref, datetime | None]
) -> set[Ref]:
    """
    The records that a night did not see as our changes left them.

    `begun`: when its pull began: what was changed later may be there or not. `partly`: the platforms of which only
    changes were asked for, and since when that has been so: there a record whose own time (`tables`, of every record
    that the night knows) is before our change has not come by yet. A note moves no time, so nothing is told by it.
    """
    found: set[Ref] = set()
    for one in made:
        if one.until >= begun:
            found |= one.names
        elif one.action in SHOWN and one.since >= partly.get(one.ref.platform, begun):
            times = [tables.get(name) for name in one.names]
            if any(time is not None and time < one.since - SKEW for time in times):
                found |= one.names
    return found


def not_seen(snapshot: Snapshot, ledger: Ledger) -> set[Ref]:
    """The records whose changes by ourselves a night's pull came too early for, or passed by."""
    begun, partly = snapshot.begun_at(), snapshot.partly()
    made = [one for one in writes(ledger, snapshot.accounts()) if one.until >= min([begun, *partly.values()])]
    if not made:
        return set()
    tables = snapshot.tables()
    try:
        return unseen(made, begun, partly, times(tables, made))
    finally:
        tables.close()


def table(made: Iterable[Write]) -> pa.Table:
    """What was changed of addresses and names, and when, as a part of a snapshot."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    for one in made:
        told: dict[str, Any] = {"ref": str(one.ref), "since": one.since, "until": one.until}
        if one.action in {Action.SET_EMAIL, Action.SET_NAME}:
            for field in FIELDS:
                told |= {f"{field}_before": one.before.get(field), f"{field}_after": one.after.get(field)}
        rows += [told | {"ref": str(name)} for name in sorted(one.names)]
    kinds = {"since": pa.timestamp("us", tz="UTC"), "until": pa.timestamp("us", tz="UTC")}
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS]))


def times(tables: Tables, made: Iterable[Write]) -> dict[Ref, datetime | None]:
    """When each record that was changed was last changed, by its own word; one that the night does not know is not."""
    refs = sorted({str(name) for one in made for name in one.names})
    orders = tables.orders.select(ref=tables.orders.platform + ":order:" + tables.orders.id, time="updated_at")
    contacts = tables.contacts.select(ref=_ref(tables.contacts), time="updated_at")
    wanted = _made(tables, {"own": refs})
    found = contacts.union(orders).semi_join(wanted, [("ref", "own")]).to_pyarrow().to_pylist()
    return {Ref.parse(row["ref"]): row["time"] for row in found}


def without_echo(tables: Tables, own: pa.Table) -> Tables:
    """The tables as they are without our own changes: see above. `own`: what `table` made."""
    changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in own.to_pylist():
        changes[row["ref"]].append(row)
    if not changes:
        return tables
    now = _of(tables, changes)
    ours = sorted(ref for ref, row in now.items() if any(_is_ours(row, one) for one in changes[ref]))
    told = replace(tables, contacts=_without_times(tables, ours)) if ours else tables
    if tables.before is None:
        return told
    then = _of(tables.before, changes)
    left = [_as_left(then[ref], now[ref], changes[ref]) for ref in sorted(then.keys() & now.keys())]
    if changed := [row for row in left if row is not None]:
        told = replace(told, before=replace(tables.before, contacts=_instead(tables.before, changed)))
    return told


def _is_ours(row: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Whether a record was last changed while we wrote to it."""
    time = row["updated_at"]
    return time is not None and one["since"] - SKEW <= time <= one["until"] + SKEW


def _as_left(
    then: dict[str, Any], now: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """What a record of the night before reads after our changes, where tonight shows it so; None where nothing does."""
    left = dict(then)
    for one in changes:
        for field in FIELDS:
            before, after = one[f"{field}_before"], one[f"{field}_after"]
            if before != after and _same(left[field], before):
                left[field] = after
    changed = [field for field in FIELDS if not _same(left[field], then[field]) and _same(left[field], now[field])]
    return then | {field: now[field] for field in changed} if changed else None


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def _of(tables: Tables, changes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The contacts that were changed, by reference."""
    mine = tables.contacts.select(*FIELDS, "updated_at", ref=_ref(tables.contacts))
    mine = mine.semi_join(_made(tables, {"own": sorted(changes)}), [("ref", "own")])
    return {row["ref"]: row for row in mine.to_pyarrow().to_pylist()}


def _without_times(tables: Tables, refs: list[str]) -> ir.Table:
    """The contacts, without the times at which these were changed."""
    import ibis

    contacts = _beside(tables, {"own": refs})
    time = ibis.ifelse(contacts.mine.notnull(), ibis.null(contacts.updated_at.type()), contacts.updated_at)
    return contacts.mutate(updated_at=time).select(*tables.contacts.columns)


def _instead(tables: Tables, rows: list[dict[str, Any]]) -> ir.Table:
    """The contacts, with these addresses and names."""
    import ibis

    values = {f"own_{field}": [row[field] for row in rows] for field in FIELDS}
    contacts = _beside(tables, {"own": [row["ref"] for row in rows], **values})
    told = {field: ibis.ifelse(contacts.mine.notnull(), contacts[f"own_{field}"], contacts[field]) for field in FIELDS}
    return contacts.mutate(**told).select(*tables.contacts.columns)


def _beside(tables: Tables, columns: Mapping[str, Sequence[str | None]]) -> ir.Table:
    """Every contact with what these columns say of it; `mine` is null where they say nothing."""
    made = _made(tables, columns)
    contacts = tables.contacts.mutate(of=_ref(tables.contacts))
    return contacts.left_join(made.mutate(mine=made.own), [("of", "own")])


def _made(tables: Tables, columns: Mapping[str, Sequence[str | None]]) -> ir.Table:
    import ibis
    import pyarrow as pa

    made = pa.table(dict(columns), schema=pa.schema([(name, pa.string()) for name in columns]))
    return tables.backend.create_table(ibis.util.gen_name("own"), made, temp=True)


def _ref(contacts: ir.Table) -> ir.StringValue:
    return contacts.platform + ":" + contacts.kind + ":" + contacts.id
