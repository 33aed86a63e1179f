"""
One person has different addresses on different platforms.

**What is wrong.** Contacts that are one person (see how contacts are linked) hold addresses that differ in more than
spelling, on different platforms. It is strongest when one record was changed clearly later than the others.

**Options.** Use one of the addresses everywhere (one option for each; WHMCS logins are changed before their client).
Where HubSpot holds one of them: keep both, the other as HubSpot's additional address. Where the names differ as well:
a new person took the account over, so that names change with the address. Recommended is the address of the record
that was changed last, if it was changed at least a day after every other and nothing speaks against it; when the names
differ, or no record says when it changed, a person must choose.

**Left alone.** Addresses that some record of the person holds side by side, as HubSpot's additional addresses: they
are known. Spellings of one mailbox. An order's own address. Logins, cPanel accounts and registrants with another
address than their client: those are `billing_drift`'s; with the client's address, logins and cPanel accounts go along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from include.model import Evidence, Finding, Fix, Option, Ref
from include.people import addresses, names
from include.people.normal import address_table
from include.rules import _making as making
from include.rules._billing import owned_by_clients

if TYPE_CHECKING:
    from include.store.tables import Tables

RULE = "email_mismatch"
WANTED = ("platform", "kind", "id", "email", "other_emails", "first_name", "last_name", "updated_at")
HOLDERS = ("customer", "contact", "client")  # a login goes with its client
CLEARLY_LATER = timedelta(days=1)
LATER, CHANGED_LAST_NIGHT, OTHER_NAME = 1.5, 3.0, -3.0


def find(tables: Tables) -> Iterator[Finding]:
    """Every person whose addresses disagree."""
    changed = _changed_since(tables)
    beside, reasons = owned_by_clients(tables), _reasons(tables)
    for person, rows in sorted(_candidates(tables).items()):
        if disagree(rows):
            yield _finding(rows, beside, reasons.get(person, []), changed)


def _candidates(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    """The contacts of every person who has more than one address in normal form."""
    import ibis

    contacts = tables.contacts
    held = contacts.filter(contacts.kind.isin(HOLDERS) & contacts.email.notnull())
    held = held.mutate(contact=held.platform + ":" + held.kind + ":" + held.id)
    known = held.join(tables.people.select("person", "contact"), "contact")
    keyed = known.join(address_table(tables).select("raw", "key"), [("email", "raw")])
    several = keyed.group_by("person").agg(keys=ibis._.key.nunique()).filter(ibis._.keys > 1)
    wanted = [
        "person",
        "platform",
        "kind",
        "id",
        "email",
        "other_emails",
        "first_name",
        "last_name",
        "updated_at",
        "key",
    ]
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in keyed.semi_join(several, "person").select(wanted).to_pyarrow().to_pylist():
        found[row["person"]].append(row)
    return {person: sorted(rows, key=making.ref_of) for person, rows in found.items()}


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


def _finding(
    rows: list[dict[str, Any]],
    beside: dict[str, list[dict[str, Any]]],
    reasons: list[Evidence],
    changed: set[str],
) -> Finding:
    refs = [making.ref_of(row) for row in rows]
    subject = next((ref for ref in refs if ref.platform == "hubspot"), refs[0])
    others = tuple(ref for ref in refs if ref != subject)
    key = making.key_of(RULE, subject, others)
    newest = _newest(rows)
    because = [*reasons, *_history(rows, newest, changed)]
    same_name = _one_name(rows)
    if not same_name:
        because.append(Evidence("other_name", OTHER_NAME, "The records bear different names."))
    values = _values(rows)
    order = sorted(values, key=lambda k: (newest is None or k != newest["key"], k))
    options = [_use(key, values[k], k, rows, beside) for k in order]
    options += _keep_both(key, rows)
    if not same_name and newest is not None:
        options.append(_taken_over(key, newest, rows, beside))
    sure = newest is not None and same_name and len(values) == 2 and bool(reasons)
    return Finding(
        RULE, subject, others, making.confidence(because), tuple(because), tuple(options), 0 if sure else None
    )


def _values(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Each address as it is spelled by the record that changed last among those that hold it."""
    ordered = sorted(rows, key=lambda row: (row["updated_at"] is not None, row["updated_at"], making.ref_of(row)))
    return {row["key"]: row["email"] for row in ordered}


def _newest(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The record that changed last, if that is clearly later than any record with another address that says when."""
    dated = [row for row in rows if row["updated_at"] is not None]
    if not dated:
        return None
    newest = max(dated, key=lambda row: (row["updated_at"], making.ref_of(row)))
    others = [row for row in dated if row["key"] != newest["key"]]
    clearly = all(newest["updated_at"] - row["updated_at"] >= CLEARLY_LATER for row in others)
    return newest if others and clearly else None


def _history(rows: list[dict[str, Any]], newest: dict[str, Any] | None, changed: set[str]) -> Iterator[Evidence]:
    """What tells when something changed. Its kinds begin with `changed_`: it passes, and no decision hangs on it."""
    if newest is not None:
        day = newest["updated_at"].date().isoformat()
        yield Evidence("changed_last", LATER, f"The record on {newest['platform']} was changed last, on {day}.")
    for row in rows:
        if str(making.ref_of(row)) in changed:
            says = f"The address on {row['platform']} was changed since the night before."
            yield Evidence("changed_since", CHANGED_LAST_NIGHT, says)


def _one_name(rows: list[dict[str, Any]]) -> bool:
    known = [names.normal(row["first_name"], row["last_name"]) for row in rows]
    return all(names.agree(known[0], other) is not False for other in known[1:])


def _use(
    key: str, email: str, address: str, rows: list[dict[str, Any]], beside: dict[str, list[dict[str, Any]]]
) -> Option:
    """Use one address everywhere. A platform that holds it already, or holds the person twice, is asked only once."""
    changes: dict[Ref, tuple[str, str | None]] = {}
    taken = {row["platform"] for row in rows if row["key"] == address}
    ordered = {making.ref_of(row): row for row in rows}
    for ref in making.in_order(ordered):
        row = ordered[ref]
        if row["key"] == address or ref.platform in taken:
            continue
        taken.add(ref.platform)
        for one in beside.get(str(ref), []):
            if one["key"] == row["key"]:
                changes[making.ref_of(one)] = (one["email"], one["domain"])
        changes[ref] = (row["email"], None)
    fixes = [_set_email(ref, *changes[ref], email) for ref in making.in_order(changes)]
    changed = list(dict.fromkeys(fix.target for fix in fixes))
    text = "Rollcall changed the email address of this record to the one this person uses elsewhere."
    return making.option(f"Use {email} everywhere", [*fixes, *making.notes(key, fixes, changed, text)])


def _set_email(ref: Ref, before: str, domain: str | None, after: str) -> Fix:
    return making.set_email(ref, before, after, **({"domain": domain} if domain else {}))


def _keep_both(key: str, rows: list[dict[str, Any]]) -> list[Option]:
    contact = next((row for row in rows if row["platform"] == "hubspot"), None)
    if contact is None:
        return []
    known = contact["other_emails"] or []
    held = {contact["key"], *(address.key for text in known if (address := addresses.normal(text)))}
    more = [email for k, email in sorted(_values(rows).items()) if k not in held]
    if not more:
        return []
    ref = making.ref_of(contact)
    text = "Rollcall added the address this person uses elsewhere as an additional address."
    added = making.add_emails(ref, known, more)
    label = f"Keep both: add {', '.join(more)} to the HubSpot contact"
    return [making.option(label, [*added, *making.notes(key, added, [ref], text)])]


def _taken_over(
    key: str, newest: dict[str, Any], rows: list[dict[str, Any]], beside: dict[str, list[dict[str, Any]]]
) -> Option:
    """The succession: address and names of the newest record, on every other."""
    use = _use(key, newest["email"], newest["key"], rows, beside)
    name = (newest["first_name"], newest["last_name"])
    ordered = {making.ref_of(row): row for row in rows}
    changed = {fix.target for fix in use.fixes}
    renamed = [
        making.set_name(ref, (ordered[ref]["first_name"], ordered[ref]["last_name"]), name)
        for ref in making.in_order(ordered)
        if ref in changed and (ordered[ref]["first_name"], ordered[ref]["last_name"]) != name
    ]
    emails = [fix for fix in use.fixes if fix.action != "add_note"]
    text = "Rollcall gave this record the address and the name of the person who took the account over."
    fixes = [*emails, *renamed]
    targets = list(dict.fromkeys(fix.target for fix in fixes))
    return making.option("A new person took the account over", [*fixes, *making.notes(key, fixes, targets, text)])


def _reasons(tables: Tables) -> dict[str, list[Evidence]]:
    """Why each person's contacts are linked: every kind of evidence once, the strongest first."""
    people = tables.people.select("person", left="contact")
    seen = tables.edges.join(people, "left").select("person", "evidence", "weight", "says").distinct()
    found: dict[str, set[Evidence]] = defaultdict(set)
    for row in seen.to_pyarrow().to_pylist():
        found[row["person"]].add(Evidence(row["evidence"], row["weight"], row["says"]))
    return {person: _sorted(reasons) for person, reasons in found.items()}


def _sorted(reasons: Iterable[Evidence]) -> list[Evidence]:
    return sorted(reasons, key=lambda reason: (-reason.weight, reason.evidence))


def _changed_since(tables: Tables) -> set[str]:
    """The contacts whose address is another than on the last good night."""
    if tables.before is None:
        return set()
    pairs = [{Ref(p, k, i): e for p, k, i, e in _rows(each)} for each in (tables.contacts, tables.before.contacts)]
    now, then = pairs
    return {str(ref) for ref, email in now.items() if ref in then and then[ref] != email}


def _rows(contacts: Any) -> Iterator[tuple[str, str, str, str | None]]:
    held = contacts.filter(contacts.kind.isin(HOLDERS)).select("platform", "kind", "id", "email").to_pyarrow()
    return zip(*(held.column(name).to_pylist() for name in ("platform", "kind", "id", "email")), strict=True)
