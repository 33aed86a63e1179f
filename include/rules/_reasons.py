"""Why the records of a person are linked, in sentences that say of which records. It judges nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from include.model import Evidence
from include.people.evidence import ADDRESS, EARLIER, LINK
from include.rules import _making as making

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

STRONG = (LINK, EARLIER, ADDRESS)  # evidence that two records are one account's, not only one name's
BESIDE = frozenset({"login", "hosting", "domain"})  # what goes with a client, and is told only where nothing else is
Pair = tuple[str, str]


@dataclass
class Reasons:
    """`told`: every kind once, the strongest first; `ties`: the weight of all that links two; `strong`: for sure."""

    told: tuple[Evidence, ...] = ()
    ties: dict[Pair, float] = field(default_factory=dict)
    strong: list[Pair] = field(default_factory=list)


def reasons(tables: Tables, people: ir.Table) -> dict[str, Reasons]:
    """Why the records of each of these (a table with the column `person`) are linked."""
    members = tables.people.semi_join(people, "person")
    edges = tables.edges.filter(tables.edges.weight > 0)
    edges = edges.join(members.select("person", left="contact"), "left")
    edges = edges.join(members.select(other="person", right="contact"), "right")
    edges = edges.filter(edges.person == edges.other).select("person", "evidence", "weight", "says", "left", "right")
    rows = edges.distinct().order_by("person", edges.weight.desc(), "evidence", "says", "left", "right")
    made: dict[tuple[Any, ...], Evidence] = {}
    found = {}
    for person, told in making.grouped(making.rows(rows)):
        by: dict[Evidence, list[Pair]] = defaultdict(list)
        for _, *evidence, left, right in told:
            by[made.setdefault(tuple(evidence), Evidence(*evidence))].append((left, right))
        found[person] = _of(by)
    return found


def _of(by: dict[Evidence, list[Pair]]) -> Reasons:
    """The reasons of one person, by the evidence: which pairs it links."""
    ties: dict[Pair, float] = defaultdict(float)
    for one, pairs in by.items():
        for pair in pairs:
            ties[pair] += one.weight
    strong = [pair for one, pairs in by.items() if one.evidence in STRONG for pair in pairs]
    between = {one: [pair for pair in pairs if not BESIDE & _kinds(pair)] for one, pairs in by.items()}
    by = {one: pairs for one, pairs in between.items() if pairs} or by
    records = len({ref for pairs in by.values() for pair in pairs for ref in pair})
    if records == 2:
        return Reasons(tuple(by), ties, strong)
    every = records * (records - 1) // 2
    told = (replace(one, says=making.told_of(one.says, [*map(_called, pairs)], every)) for one, pairs in by.items())
    return Reasons(tuple(told), ties, strong)


def _kinds(pair: Pair) -> set[str]:
    return {ref.split(":", 2)[1] for ref in pair}


def _called(pair: Pair) -> Pair:
    """Two references as sentences call them."""
    one, other = (ref.replace(":", " ", 2) for ref in pair)
    return one, other
