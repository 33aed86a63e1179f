"""
The records of a night's findings, out of the night's tables: fields, orders, and addresses that changed since before.

It reads the tables and judges nothing; `dossiers` keeps what it gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.model import Finding, Ref
from include.store.dossiers import Dossier

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.snapshots import Snapshot
    from include.store.tables import Tables

NEWEST = 3  # orders of each customer that are shown
LEFT_OUT = ("platform", "kind", "id", "links")
BUYERS = ("customer", "client")  # the kinds of contact that an order's `contact_id` names


def of_night(snapshot: Snapshot, before: Snapshot | None, findings: Iterable[Finding]) -> dict[str, Dossier]:
    """A dossier for each finding of a night, by the finding's key."""
    tables = snapshot.tables(before)
    try:
        return gather(tables, findings, snapshot.night)
    finally:
        tables.close()


def gather(tables: Tables, findings: Iterable[Finding], night: str) -> dict[str, Dossier]:
    """A dossier for each finding, by the finding's key."""
    wanted = {one.key: _refs(one) for one in findings}
    refs = sorted({ref for each in wanted.values() for ref in each})
    if not refs:
        return {}
    found = _contacts(tables, refs) | _orders(tables, refs)
    history = _changed(tables, refs, night)
    _with_orders(tables, found)
    return {
        key: Dossier([found.get(ref, {"ref": ref}) for ref in each], [one for ref in each for one in history[ref]])
        for key, each in wanted.items()
    }


def _refs(one: Finding) -> list[str]:
    targets = [fix.target for option in one.options for fix in option.fixes]
    return list(dict.fromkeys(str(ref) for ref in (one.subject, *sorted(one.others), *targets)))


def _contacts(tables: Tables, refs: list[str]) -> dict[str, dict[str, Any]]:
    contacts = tables.contacts
    named = contacts.mutate(ref=contacts.platform + ":" + contacts.kind + ":" + contacts.id)
    return {row["ref"]: _said(row) for row in _rows(named.semi_join(_listed(tables, refs), "ref"))}


def _orders(tables: Tables, refs: list[str]) -> dict[str, dict[str, Any]]:
    orders = tables.orders
    named = orders.mutate(ref=orders.platform + ":order:" + orders.id).semi_join(_listed(tables, refs), "ref")
    owned = named.left_join(_buyers(tables), ["platform", "contact_id"])
    told = {}
    for row in _rows(owned.select(*named.columns, "buyer")):
        owner = row["buyer"] or (f"{row['platform']}:customer:{row['contact_id']}" if row["contact_id"] else None)
        told[row["ref"]] = _said({**row, "contact_id": None, "buyer": None, "contact": owner})
    return told


def _buyers(tables: Tables) -> ir.Table:
    """Whom an order's `contact_id` means on each platform."""
    contacts = tables.contacts.filter(tables.contacts.kind.isin(BUYERS))
    ref = contacts.platform + ":" + contacts.kind + ":" + contacts.id
    return contacts.select("platform", contact_id=contacts.id, buyer=ref)


def _with_orders(tables: Tables, found: dict[str, dict[str, Any]]) -> None:
    """Add to each buyer its newest orders, and with which address how many were placed from when to when."""
    import ibis

    customers = sorted(ref for ref in found if Ref.parse(ref).kind in BUYERS)
    bought = tables.orders.join(_buyers(tables), ["platform", "contact_id"]).rename(ref="buyer")
    bought = bought.semi_join(_listed(tables, customers), "ref")
    spans = bought.group_by(["ref", "email"]).agg(
        orders=bought.count(), first=bought.placed_at.min(), last=bought.placed_at.max()
    )
    placed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(spans):
        placed[row["ref"]].append(_said({name: value for name, value in row.items() if name != "ref"}))
    newest_first = ibis.window(group_by=bought.ref, order_by=[bought.placed_at.desc(), bought.id])
    numbered = bought.mutate(place=ibis.row_number().over(newest_first))
    shown = numbered.filter(numbered.place < NEWEST).select("ref", "place", "number", "email", "status", "placed_at")
    newest: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(_rows(shown), key=lambda row: (row["ref"], row["place"])):
        newest[row["ref"]].append(_said({name: row[name] for name in ("number", "email", "status", "placed_at")}))
    for ref in customers:
        spans_of = sorted(placed[ref], key=lambda one: (one.get("first") or "", one.get("email") or ""))
        found[ref] |= {"placed": spans_of, "orders": newest[ref]} if spans_of else {}


def _changed(tables: Tables, refs: list[str], night: str) -> dict[str, list[dict[str, Any]]]:
    """The addresses that are others than the night before, by record."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if tables.before is None:
        return told
    then = _addresses(tables.before, refs).select("ref", then="email")
    now = _addresses(tables, refs).select("ref", now="email")
    both = then.join(now, "ref")
    for row in sorted(_rows(both.filter(both.then != both.now)), key=lambda row: str(row["ref"])):
        told[row["ref"]].append({"ref": row["ref"], "from": row["then"], "to": row["now"], "night": night})
    return told


def _addresses(tables: Tables, refs: list[str]) -> ir.Table:
    contacts = tables.contacts
    named = contacts.select("email", ref=contacts.platform + ":" + contacts.kind + ":" + contacts.id)
    return named.semi_join(_listed(tables, refs), "ref")


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """What a row tells, without what is empty; times as text."""
    told = {name: value for name, value in row.items() if name not in LEFT_OUT and value not in (None, "", [])}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def _listed(tables: Tables, refs: list[str]) -> ir.Table:
    import ibis
    import pyarrow as pa

    made = pa.table({"ref": refs}, schema=pa.schema([("ref", pa.string())]))
    return tables.backend.create_table(ibis.util.gen_name("shown"), made, temp=True)


def _rows(table: ir.Table) -> Iterator[dict[str, Any]]:
    yield from table.to_pyarrow().to_pylist()
