"""
The same person's records on the other platforms, as the last good night knows them, and as they are now.

The night says only who is the same person: each record is read again, and one that has another address by now, or
whose new address is somebody else's, is named and left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, NotPermitted, SettingsWrong, Unauthorized
from include.model import Action, Fix, Ref, State
from include.planning.draft import AGAINST, Draft, to_read
from include.registry import load, names, said
from include.rules import _making as making

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.store.snapshots import Snapshot, Snapshots

HOSTING = frozenset({"whmcs", "cpanel", "whois"})  # what the rest of the procedure sees to
NOTE = "Rollcall gave this record the new address that this person asked for"


def look_at_stores(draft: Draft, open_platform: Callable[[str], Platform], snapshots: Snapshots) -> None:
    """Every record of the person that has the old address."""
    night = snapshots.last_good()
    if night is None:
        draft.says("no_night", 0.0, "No night has run yet: whether the shops know this person cannot be told.")
        return
    found = _records(night, draft.client)
    if not found:
        says = f"On the other platforms, no record is known to be this person's (night of {night.night})."
        draft.says("nowhere_else", 0.0, says)
    accounts = night.accounts()
    for platform in sorted({row["platform"] for row in found}):
        rows = [row for row in found if row["platform"] == platform]
        try:
            opened = open_platform(platform)
            account = opened.api.account()
        except (SettingsWrong, Unauthorized, NotPermitted):
            says = f"{platform} could not be looked at: its connection does not work. This person has records there."
            draft.says("not_looked_at", AGAINST, says)
            continue
        if account != accounts.get(platform):
            says = f"{platform} was another account in the last night: what is known of this person there is not used."
            draft.says("other_account", 0.0, says)
            continue
        for row in rows:
            _record(draft, opened, account, row)


def _record(draft: Draft, platform: Platform, account: str, row: dict[str, Any]) -> None:
    """The changes of one record, with the note on it."""
    ref = making.ref_of(row)
    name = making.name_of(ref)
    try:
        now = platform.fixes.read(platform.api, to_read(ref, row["email"], draft.new))["email"]
    except NotFound:
        draft.says("gone_elsewhere", 0.0, f"{name}, known to be this person's, is no longer there.")
        return
    draft.saw(ref, now)
    if draft.is_new(now):
        return
    if not draft.is_old(now):
        draft.says("other_elsewhere", 0.0, f"{name} has {now or 'no address'}, and not the old one: it is not changed.")
        return
    if taken := [one for one in _holders(platform, draft.new) if one != ref]:
        says = f"{draft.new} belongs to {making.several(map(making.name_of, taken))} already: {name} keeps the old one."
        draft.says("taken_elsewhere", AGAINST, f"{says} Whether the two are one person is a question of its own.")
        return
    draft.accounts[platform.name] = account
    fixes = [making.set_email(ref, now, draft.new)]
    if draft.asked.new_person:
        asked = Fix(ref, Action.SET_NAME, {}, {})
        fixes += draft.renamed(ref, platform.fixes.read(platform.api, asked))
        fixes += _handed_over(draft, platform, ref, row)
    text = f"{NOTE} (request {draft.number})."
    draft.stores += [*fixes, *making.notes(str(draft.me), fixes, [ref], text)]


def _handed_over(draft: Draft, platform: Platform, ref: Ref, row: dict[str, Any]) -> Iterable[Fix]:
    """Whoever signed in until now no longer can, where the account is in use and its platform can see to that."""
    signs_in = ref.kind in said("SIGNS_IN").get(platform.name, ())
    if signs_in and row["state"] == State.ACTIVATED and Action.RESET_ACCESS in platform.fixes.CAN:
        yield making.reset_access(ref, draft.new, f"Rollcall request {draft.number}")


def _holders(platform: Platform, address: str) -> tuple[Ref, ...]:
    """Who has an address there now, where its folder can tell."""
    if find_spec(f"include.platforms.{platform.name}.holders") is None:
        return ()
    found: tuple[Ref, ...] = load("platforms", platform.name, "holders").holders(platform.api, address)
    return found


def _records(night: Snapshot, client: Ref) -> list[dict[str, Any]]:
    """The contacts on other platforms that the night linked to the client."""
    tables = night.tables()
    try:
        person = tables.people.filter(tables.people.contact == str(client)).select("person")
        linked = tables.people.semi_join(person, "person").select(ref="contact")
        contacts = tables.contacts.mutate(
            ref=tables.contacts.platform + ":" + tables.contacts.kind + ":" + tables.contacts.id
        )
        others = [name for name in names("platforms") if name not in HOSTING]
        mine = contacts.semi_join(linked, "ref").filter(contacts.platform.isin(others))
        rows = mine.select("ref", "platform", "kind", "id", "email", "state").to_pyarrow().to_pylist()
    finally:
        tables.close()
    return sorted(rows, key=lambda row: str(row["ref"]))
