"""
One person has different addresses on different platforms.

**What is wrong.** Contacts that are one person (see how contacts are linked) hold addresses that differ in more than
spelling, on different platforms, and no record of the person holds both. One of them may be out of date.

**Options.** Use one of the addresses everywhere: one option for each, in the order of the alphabet. With a WHMCS
client its login and its cPanel accounts are changed where they have its old address, the login first. Where HubSpot
holds one of the addresses: keep both, the others as additional addresses of the HubSpot contact. Where the names differ
as well: a new person took the account over, so that names change with the address, and access to accounts in use is
handed over by the platform's own mail. Recommended is one of two addresses, where the names agree beyond doubt, if
* a record was changed to it from the other one since the night before, or
* the account's own orders were placed with the other one before, and no record was changed after that account, or
* the other one is misspelled (gmial.com).
When a record was changed does not tell what was changed, so that the date alone is shown and recommends nothing.
Never recommended is an address that looks misspelled, a mailbox of a task or for one day, one that somebody else's
record has too, and handing an account over.

**Left alone.** Addresses that some record of the person holds side by side, as HubSpot's additional addresses, or two
records on one platform: they are known. Spellings of one mailbox. A record without an address. An order's own address.
Logins, cPanel accounts and registrants with another address than their client: those are `billing_drift`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from include.model import Evidence, Finding
from include.people import addresses, names
from include.rules import _making as making
from include.rules._mismatch import HOLDERS, Disputed, Held, disputed, holding
from include.rules._mismatch_options import Options, spelled
from include.rules._sure import one_name

if TYPE_CHECKING:
    from include.store.tables import Tables

__all__ = ["HOLDERS", "RULE", "disagree", "find"]

RULE = "email_mismatch"
UNKNOWN = "nothing shows which of the addresses is out of date. Ask the person."
CLEARLY_LATER = timedelta(days=1)
LATER, CHANGED, ORDERED, SLIP, OTHER_NAME, ELSEWHERE = 0.0, 3.0, 2.0, 2.0, -3.0, -2.0


def find(tables: Tables) -> Iterator[Finding]:
    """Every person whose addresses disagree."""
    held = holding(tables)
    options = Options.of(tables, held)
    for case in disputed(tables, held):
        yield _finding(case, options)


def disagree(rows: list[dict[str, Any]]) -> bool:
    """Whether two platforms hold addresses that no platform holds side by side."""
    held: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        more = (addresses.normal(text) for text in row["other_emails"] or ())
        held[row["platform"]] |= {row["key"], *(address.key for address in more if address)}
    return any(
        left["platform"] != right["platform"]
        and left["key"] != right["key"]
        and not any({left["key"], right["key"]} <= known for known in held.values())
        for left in rows
        for right in rows
    )


def _finding(case: Disputed, options: Options) -> Finding:
    records = case.records
    subject = next((record.ref for record in records if record.platform == "hubspot"), records[0].ref)
    others = tuple(record.ref for record in records if record.ref != subject)
    key = making.key_of(RULE, subject, others)
    values = spelled(records)
    same = all(
        names.agree(one.name, other.name) is not False for at, one in enumerate(records) for other in records[at + 1 :]
    )
    newest = _newest(records)
    because = [_apart(case, values), *case.reasons.told, *_history(case, values, newest), *_remarks(case, values)]
    if not same:
        because.append(Evidence("different_names", OTHER_NAME, f"The records bear different names: {_names(records)}."))
    chosen, why = _recommended(case, newest, values)
    because.append(Evidence("recommendation", 0.0, why))
    made = options.made(key, records, values, succession=not same)
    at = next((at for at, (address, _) in enumerate(made) if address == chosen), None) if chosen else None
    confidence = making.confidence(because, making.weakest(case.reasons.ties, (str(record.ref) for record in records)))
    return Finding(RULE, subject, others, confidence, tuple(because), tuple(one for _, one in made), at)


def _apart(case: Disputed, values: dict[str, str]) -> Evidence:
    """Which records have which address."""
    having = {
        key: making.several(making.name_of(record.ref) for record in case.records if record.key == key)
        for key in values
    }
    says = "; ".join(f"{text} is on {having[key]}" for key, text in values.items())
    return Evidence("addresses", 0.0, f"{says}.")


def _recommended(case: Disputed, newest: Held | None, values: dict[str, str]) -> tuple[str | None, str]:
    """The address to use everywhere, in normal form, or None; and why, as a sentence."""
    none = "No option is recommended"
    if len(values) > 2:
        return None, f"{none}: there are {len(values)} addresses."
    first, *rest = case.records
    if not all(one_name(first.name, other.name) for other in rest):
        return None, f"{none}: it is not beyond doubt that the names are one person's."
    if not case.bought and not any(record.then or record.looks_like for record in case.records):
        return None, f"{none}: {UNKNOWN}"
    found = [_better(case, newest, new, old, values) for new, old in (sorted(values), sorted(values, reverse=True))]
    told = {new: why for new, why in found if why}
    if not told:
        return None, f"{none}: {UNKNOWN}"
    if len(told) > 1:
        return None, f"{none}: some of this speaks for the one address, and some for the other."
    ((new, why),) = told.items()
    if against := _against(case, new, values):
        return None, f"{none}: {against}."
    return new, f"Recommended is {values[new]}: {why}."


def _better(case: Disputed, newest: Held | None, new: str, old: str, values: dict[str, str]) -> tuple[str, str | None]:
    """Why one address is to be preferred to the other, if it is."""
    holding = [record for record in case.records if record.key == new]
    if any(record.key == old and record.looks_like == new for record in case.records):
        return new, f"{values[old]} looks like a misspelling of it"
    if not _tied(case):
        return new, None
    if changed := next((record for record in holding if record.then == old), None):
        return new, f"{making.name_of(changed.ref)} was changed to it from {values[old]} since the night before"
    if newest and newest.key == new and any(each.ref == newest.ref and each.key == old for each in case.bought):
        with_old = [each.last for each in case.bought if each.key == old]
        with_new = [each.first for each in case.bought if each.key == new]
        if max(with_old) < min([*with_new, newest.updated_at or max(with_old)]):
            return new, f"orders of {making.name_of(newest.ref)} were placed with the other one before it was changed"
    return new, None


def _against(case: Disputed, new: str, values: dict[str, str]) -> str | None:
    """Why an address must not be recommended though it is the newer one."""
    for record in case.records:
        if record.key == new and record.looks_like:
            return f"{values[new]}, which is the newer one, looks like a misspelling"
        if record.key == new and not record.usable:
            return f"{values[new]}, which is the newer one, is no mailbox of one person's own"
    if case.elsewhere.get(new):
        return f"{values[new]}, which is the newer one, is somebody else's too"
    return None


def _tied(case: Disputed) -> bool:
    """Whether all records hang together by what no namesake and nobody of a household has in common."""
    group = {str(case.records[0].ref)}
    while more := {ref for pair in case.reasons.strong if group & set(pair) for ref in pair} - group:
        group |= more
    return all(str(record.ref) in group for record in case.records)


def _newest(records: list[Held]) -> Held | None:
    """The record that was changed last, if clearly later than any that has another address and says when."""
    dated = sorted((record.updated_at, record.ref, record) for record in records if record.updated_at is not None)
    if not dated:
        return None
    last, _, newest = dated[-1]
    others = [on for on, _, record in dated if record.key != newest.key]
    return newest if others and last - max(others) >= CLEARLY_LATER else None


def _history(case: Disputed, values: dict[str, str], newest: Held | None) -> Iterator[Evidence]:
    """What tells when something changed. Its kinds begin with `changed_`: it passes, and no decision hangs on it."""
    for record in case.records:
        if record.then:
            says = f"The address of {making.name_of(record.ref)} was changed since the night before"
            yield Evidence(
                "changed_since", CHANGED, f"{says}, from {values.get(record.then, record.then)} to {record.email}."
            )
        if record.then and record.called:
            says = f"So was its name, from {record.called}: a new person may have taken the account over."
            yield Evidence("changed_name", 0.0, says)
    if newest is not None and newest.updated_at:
        dated = [each for each in case.records if each.updated_at and each.key != newest.key]
        on = making.several(f"{making.name_of(each.ref)} on {each.updated_at:%Y-%m-%d}" for each in dated)
        says = (
            f"{making.name_of(newest.ref)}, which has {newest.email}, was changed last, on {newest.updated_at:%Y-%m-%d}"
        )
        yield Evidence("changed_last", LATER, f"{says}; {on}. That need not have been its address.")
    for each in case.bought:
        now = next(record for record in case.records if record.ref == each.ref)
        if each.key != now.key and each.key in values:
            says = (
                f"Orders of {making.name_of(each.ref)} were placed with {values[each.key]} until {each.last:%Y-%m-%d}"
            )
            yield Evidence("changed_in_orders", ORDERED, f"{says}; by now it has {now.email}.")


def _remarks(case: Disputed, values: dict[str, str]) -> Iterator[Evidence]:
    """What speaks against one of the addresses."""
    for key, text in sorted(values.items()):
        record = next(record for record in case.records if record.key == key)
        if record.looks_like in values:
            says = f"{text} looks like a misspelling of {values[record.looks_like]}."
            yield Evidence("looks_like", SLIP, says)
        elif record.looks_like:
            yield Evidence("looks_like", 0.0, f"{text} looks like a misspelling of {record.looks_like}.")
        elif not record.usable:
            yield Evidence("not_personal", 0.0, f"{text} is a task's mailbox, or one that lasts a day.")
        if refs := case.elsewhere.get(key):
            who = making.several(making.name_of(ref) for ref in refs[:3])
            more = f" and {len(refs) - 3} more" if len(refs) > 3 else ""
            yield Evidence("elsewhere", ELSEWHERE, f"{text} is also on {who}{more}, not known to be this person's.")


def _names(records: list[Held]) -> str:
    """Who is called what, each name once."""
    said = {
        " ".join(filter(None, (each.first_name, each.last_name))) or "no name": each.ref for each in reversed(records)
    }
    return making.several(f"{name} ({making.name_of(ref)})" for name, ref in reversed(said.items()))
