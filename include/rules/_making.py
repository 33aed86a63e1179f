"""Makes the fixes that rules propose, in the form every platform's `fixes.py` reads, and weighs evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from include.digests import canonical, finding_id
from include.model import Action, Evidence, Fix, Option, Ref
from include.registry import said

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

T = TypeVar("T")  # what is called a record: its reference, or that as text

# The order in which an option changes records: the likely conflict first. Any other kind goes last.
ORDER = ("whmcs:login", "whmcs:client", "shopify:customer", "bigcommerce:customer", "hubspot:contact")
MANY = 3  # pairs that a sentence names
PLACE = {kind: at for at, kind in enumerate(ORDER)}


def kind_of(ref: Ref) -> str:
    return f"{ref.platform}:{ref.kind}"


def in_order(refs: Iterable[Ref]) -> list[Ref]:
    """References in the order an option changes them: the kinds in `ORDER`, then all others by their names."""
    return sorted(refs, key=lambda ref: (PLACE.get(kind_of(ref), len(ORDER)), ref.platform, ref.kind, ref.id))


def set_email(ref: Ref, before: str | None, after: str, **needed: str) -> Fix:
    """`needed`: what else the write must know."""
    return Fix(ref, Action.SET_EMAIL, {"email": before}, {"email": after, **needed})


def set_name(ref: Ref, before: tuple[str | None, str | None], after: tuple[str | None, str | None]) -> Fix:
    keys = ("first_name", "last_name")
    return Fix(ref, Action.SET_NAME, dict(zip(keys, before, strict=True)), dict(zip(keys, after, strict=True)))


def add_emails(ref: Ref, known: Iterable[str], more: Iterable[str]) -> list[Fix]:
    """One fix for each new address, because a platform takes one at a time; each begins where the last one ended."""
    fixes, held = [], sorted(known)
    for email in more:
        before, held = held, sorted({*held, email})
        fixes.append(Fix(ref, Action.ADD_EMAIL, {"other_emails": before}, {"other_emails": held}))
    return fixes


def merge(survivor: Ref, email: str | None, duplicate: Ref, duplicate_email: str | None) -> Fix:
    before = {"duplicate": str(duplicate), "email": email, "duplicate_email": duplicate_email}
    return Fix(survivor, Action.MERGE, before, {"duplicate": None, "email": email, "duplicate_email": None})


def attach(order: Ref, before: str | None, account: Ref) -> Fix:
    return Fix(order, Action.ATTACH, {"contact": before}, {"contact": str(account)})


def set_order_email(order: Ref, before: str | None, after: str | None) -> Fix:
    return Fix(order, Action.SET_ORDER_EMAIL, {"email": before}, {"email": after})


def invite(account: Ref, state: str) -> Fix:
    return Fix(account, Action.INVITE, {"state": state}, {"state": "invited"})


def reset_access(account: Ref, email: str, note: str) -> Fix:
    """Whoever signed in until now no longer can; the holder of `email` gets in by the platform's own mail."""
    return Fix(account, Action.RESET_ACCESS, {"access": "kept"}, {"access": "reset", "email": email, "note": note})


def notes(key: str, fixes: Iterable[Fix], refs: Iterable[Ref], text: str) -> list[Fix]:
    """
    A note about these fixes on each record that has a place for one.

    Its marker tells, ever after, that it was written. It names the finding and what is changed, so that it is the same
    every night, and another one when the same finding comes back and something else is to be done.
    """
    note = marker(key, fixes)
    takes = said("TAKES_NOTE")
    return [
        Fix(ref, Action.ADD_NOTE, {"note": None}, {"note": note, "text": text})
        for ref in refs
        if ref.kind in takes.get(ref.platform, ())
    ]


def marker(key: str, fixes: Iterable[Fix]) -> str:
    """What a note about these fixes of a finding is told from all others by."""
    told = [fix.as_json() for fix in fixes]
    # The same text as `canonical`, in a tenth of the time; it writes what is not plain ASCII in another way.
    text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    if not text.isascii() or b"\x7f" in text:
        text = canonical(told).encode("ascii")
    return f"Rollcall {_short(key)}-{hashlib.sha256(text).hexdigest()[:8]}"


@lru_cache(maxsize=16)  # each option of a finding asks for it
def _short(key: str) -> str:
    return finding_id(key)[:12]


def confidence(because: Iterable[Evidence], most: float = float("inf")) -> float:
    """
    Evidence as a number between 0 and 1: every point of weight halves the doubt.

    `most`: how much may speak for it. A finding is no surer than that its records belong together: see `weakest`.
    """
    weights = [evidence.weight for evidence in because]
    weight = min(sum(each for each in weights if each > 0), most) + sum(each for each in weights if each < 0)
    return round(min(max(1 - 2.0**-weight, 0.0), 0.999), 3)


def told_of(says: str, pairs: Sequence[tuple[str, str]], every: int) -> str:
    """A sentence about two records, and about which: of more than two it may hold of some only. `every`: so many."""
    if every < 2:
        return says
    if len(pairs) == every:
        return f"{says.removesuffix('.')} (all of them)."
    more = [f"and {len(pairs) - MANY} more"] if len(pairs) > MANY else []
    return f"{says.removesuffix('.')} ({'; '.join([*(f'{one} and {other}' for one, other in pairs[:MANY]), *more])})."


def weakest(pairs: Mapping[tuple[T, T], float], needed: Iterable[T]) -> float:
    """The weight of the weakest pair without which these would not hang together, or of the weakest if they do not."""
    wanted = set(needed)
    group = {ref: {ref} for ref in {*wanted, *(ref for pair in pairs for ref in pair)}}
    for (one, other), weight in sorted(pairs.items(), key=lambda each: -each[1]):
        joined = group[one] | group[other]
        group |= dict.fromkeys(joined, joined)
        if wanted <= joined:
            return weight
    return min(pairs.values(), default=0.0)


def key_of(rule: str, subject: Ref, others: Sequence[Ref]) -> str:
    """The key that a finding on these records will have."""
    return f"{rule}/{subject}/{'+'.join(map(str, sorted(others)))}"


def option(label: str, fixes: Iterable[Fix]) -> Option:
    return Option(label, tuple(fixes))


def ref_of(row: dict[str, Any]) -> Ref:
    return Ref(row["platform"], row["kind"], row["id"])


def name_of(ref: Ref) -> str:
    """A record as sentences call it."""
    return f"{ref.platform} {ref.kind} {ref.id}"


def several(words: Iterable[str], between: str = "and") -> str:
    """`a, b and c`."""
    *ahead, last = words
    return f"{', '.join(ahead)} {between} {last}" if ahead else last


def kept(tables: Tables, name: str, made: ir.Table) -> ir.Table:
    """A temporary table: worked out once, however often it is read, each step in a projection of its own."""
    import ibis

    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return tables.backend.create_table(ibis.util.gen_name(name), made, temp=True)
    finally:
        ibis.options.sql.fuse_selects = fused


def rows(table: ir.Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a table as tuples, in the order of its columns."""
    made = table.to_pyarrow()
    return zip(*(column.to_pylist() for column in made.columns), strict=True)


def grouped(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, list[tuple[Any, ...]]]]:
    """Rows that begin with the same value, which stand together, by that value."""
    return ((first, list(group)) for first, group in groupby(found, key=lambda row: row[0]))
