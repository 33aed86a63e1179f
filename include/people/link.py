"""
Which contacts are one person, and the evidence for it.

Each pair of contacts has its evidence (`evidence`) and what speaks against it (`guards`); pairs that no guard forbids
make groups (`grouping`), and a group in which two members must not be one person is split at the weakest pair between
them, as is one larger than `ROLLCALL_GROUP_SIZE`. A person keeps its name from night to night (`identity`).

Hosting accounts and domains have no name of their own and are linked by explicit links only. What much evidence joins
and a guard forbids is told too: an edge with a weight below 0.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from include.people import edges, evidence, guards, identity, likeness, likeness_names
from include.people.edges import Reasons
from include.people.facts import Forms, contacts_of
from include.people.grouping import Against, components, resplit, sizes
from include.settings import settings
from include.store import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from include.people.grouping import Numbers
    from include.store.tables import Tables

logger = logging.getLogger(__name__)

TEMPORARY = ("who", "claims", "apart", "bought", "changed", "candidates", "judged", "alike", "crowd", "groups")


def link(tables: Tables) -> tuple[pa.Table, pa.Table]:
    """The tables `people` and `edges` of a night. The same contacts give the same tables in any row order."""
    forms = Forms.of(tables)
    who = _keep(tables, "who", contacts_of(tables, forms))
    claims = _keep(tables, "claims", guards.claims_of(tables, who))
    apart = _keep(tables, "apart", _apart(tables, who))
    found = _keep(tables, "candidates", evidence.candidates(tables, forms, who))
    judged = _keep(tables, "judged", guards.judged(found, who, claims, apart))
    alike = likeness.likely(tables, who, edges.holding(judged))
    reasons = Reasons.of(judged, _keep(tables, "alike", guards.judged(alike, who, claims, apart)))
    refs = who.select("n", "ref", "platform", "kind").distinct().order_by("n").to_pyarrow()
    whole = _whole(reasons, refs.num_rows)
    crowd = _members(whole, 3)
    vetoes = _vetoes(tables, _keep(tables, "crowd", crowd), who, claims, apart) if crowd.num_rows else []
    group, against = _split(reasons, whole, vetoes)
    _tell(who, reasons, group, against)
    people = _people(tables, refs, group)
    for name in (*TEMPORARY, *likeness.TEMPORARY):
        tables.backend.drop_table(f"link_{name}", force=True)
    return people, edges.table(refs.column("ref").combine_chunks(), reasons, group, against)


def _keep(tables: Tables, name: str, made: ir.Table | pa.Table) -> ir.Table:
    return engine.worked_out(tables.backend, f"link_{name}", made)


def _apart(tables: Tables, who: ir.Table) -> ir.Table:
    """The pairs that people judged not to be the same, by number, either way round."""
    one, other = who.select(left="ref", one="n"), who.select(right="ref", other="n")
    said = tables.apart.join(one, "left").join(other, "right")
    return said.select(left="one", right="other").union(said.select(left="other", right="one")).distinct()


def _whole(reasons: Reasons, contacts: int) -> Numbers:
    """The group of each contact: all that hangs together, split where it is too large."""
    import numpy as np

    pairs, largest = reasons.allowed(), settings().group_size
    group = components(contacts, pairs.left, pairs.right)
    too_large = np.unique(group[sizes(group) > largest])
    if len(too_large):
        logger.warning("%d groups have more than %d contacts and were split", len(too_large), largest)
    return resplit(group, too_large, pairs, largest, Against())


def _members(group: Numbers, least: int) -> pa.Table:
    """The contacts in groups of `least` and more: n, group."""
    import numpy as np
    import pyarrow as pa

    chosen = np.flatnonzero(sizes(group) >= least)
    return pa.table({"n": chosen, "group": group[chosen]})


def _vetoes(tables: Tables, crowd: ir.Table, who: ir.Table, claims: ir.Table, apart: ir.Table) -> list[dict[str, Any]]:
    """
    The pairs within a group that a guard forbids, or whose names differ: left, right, group, veto, and `stranger`,
    whether they differ by more than a slip.
    """
    import ibis

    known = crowd.join(who.select("n", "first", "last", "suffix", "slot", "naming"), "n")
    known = known.left_join(apart.select(one="left").distinct(), [("n", "one")])
    doubts = [known[part].max() != known[part].min() for part in ("first", "last", "suffix")]
    doubts += [known.slot.count() > 1, known.naming.sum() > 1, known.one.count() > 1]
    doubtful = known.group_by("group").agg(doubtful=ibis.or_(*doubts)).filter(ibis._.doubtful)
    some = crowd.semi_join(doubtful, "group")
    both = some.join(some.select("group", other="n"), "group").filter(ibis._.n < ibis._.other)
    judged = guards.judged(both.select("group", left="n", right="other"), who, claims, apart)
    found = _keep(tables, "vetoes", judged.filter(judged.veto.notnull() | ~judged.agreed.fill_null(True)))
    far = likeness_names.strangers(found.select("left", "right"), who).mutate(stranger=True)
    found = found.left_join(far, ["left", "right"]).select(*found.columns, stranger=ibis._.stranger.fill_null(False))
    return list(found.order_by("left", "right").to_pyarrow().to_pylist())


def _split(
    reasons: Reasons, whole: Numbers, vetoes: list[dict[str, Any]]
) -> tuple[Numbers, dict[tuple[int, int], str]]:
    """The group of each contact once no guard is broken, and the pairs that are apart though much joins them."""
    import numpy as np

    ends = [((row["left"], row["right"]), row["veto"]) for row in vetoes]
    forbidden = Against(
        tuple(pair for pair, veto in ends if veto is not None),
        tuple(pair for pair, veto in ends if veto is None),
        tuple((row["left"], row["right"]) for row in vetoes if row["veto"] is None and row["stranger"]),
    )
    concerned = np.unique(np.array([row["group"] for row in vetoes], dtype=np.int64))
    group = resplit(whole, concerned, reasons.allowed(), settings().group_size, forbidden)
    against = reasons.contradictions()
    against |= {pair: veto or guards.OTHER_NAMES for pair, veto in ends if group[pair[0]] != group[pair[1]]}
    return group, against


def _people(tables: Tables, refs: pa.Table, group: Numbers) -> pa.Table:
    """The table `people`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from include.store.tables import schema

    members = _members(group, 2)
    rows = refs.take(members.column("n"))
    person = refs.column("ref").take(members.column("group"))
    if tables.before is not None:
        named = pa.table({"group": person, "contact": rows.column("ref")})
        found = identity.renamed(_keep(tables, "groups", named), tables.before.people).to_pyarrow()
        place = pc.index_in(person, value_set=found.column("group").combine_chunks())
        person = pc.coalesce(found.column("person").combine_chunks().take(place.combine_chunks()), person)
    columns = {"person": person, "contact": rows.column("ref"), "platform": rows["platform"], "kind": rows["kind"]}
    made = pa.table(columns).cast(schema("people"))
    return made.sort_by([("person", "ascending"), ("contact", "ascending")])


def _tell(who: ir.Table, reasons: Reasons, group: Numbers, against: dict[tuple[int, int], str]) -> None:
    """Say in the log what was left apart, and what could not be compared."""
    named = who.filter(who.named)
    unknown = named.agg(
        contacts=named.count(),
        address=named.key.isnull().sum(),
        name=((named["first"] == "") & (named["last"] == "")).sum(),
    )
    counts = unknown.to_pyarrow().to_pylist()[0]
    logger.info(
        "of %d contacts, %d have no address that can be compared, and %d no name",
        *(counts[name] or 0 for name in ("contacts", "address", "name")),
    )
    pairs = reasons.allowed()
    if cut := int((group[pairs.left] != group[pairs.right]).sum()):
        logger.warning("%d pairs of contacts were cut, to split a group at its weakest edge", cut)
    if against:
        logger.warning("%d pairs contradict: much joins them, and they must not be one person", len(against))
