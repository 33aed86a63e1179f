"""
An applied change was a mistake: put back what it was.

What is wrong: somebody found that what was approved and applied should not have been, and asked to have it undone.

Options: one, with the inverse of every change that can be taken back, the newest first, and a note of it where the
record has a place for one. Like every other change it needs an approval, by another person than who asked; each record
is read first, and one that was edited since is left as it is, and said to be. The old and the new address are told.

An undo may give an account back to whom it was taken from, or to whoever has got hold of a mailbox that was given up.
So one that changes whose an account is, or puts back another domain or another free mailbox, needs two people who did
not ask for it. The address that is there now is told beforehand, and can object. How long that waits depends on what is
known of the two: for `SOON` after the change the one that is put back has been the account's for long and the new one
for days; then it waits `HOURS`, because the change may have been a thief's, whom every hour helps. After that the new
address is the account's as any other is, and the undo waits as long as a client's request (ROLLCALL_COOL_OFF_HOURS).
There is no way around either: an objection is for people to judge.

Left alone: a merge, an invitation, a reset of access, an additional address of HubSpot and a note cannot be taken back.
What the finding says of them is what there is to rebuild by hand from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.digests import digest, finding_id
from include.errors import NotAllowed
from include.model import Action, Evidence, Finding, Fix, Option, Ref
from include.registrant_change import CONSENT
from include.registry import said
from include.store import findings, four_eyes, undone
from include.store.dossiers import Dossier
from include.store.undone import HOURS, RULE, SOON

if TYPE_CHECKING:
    from include.store.findings import FindingRow
    from include.store.ledger import Ledger
    from include.store.undone import Applied

DONE: Mapping[Action, str] = {
    Action.SET_EMAIL: "its address was changed",
    Action.ADD_EMAIL: "an additional address was added",
    Action.SET_NAME: "its name was changed",
    Action.MERGE: "{duplicate} was merged into it",
    Action.ATTACH: "it was attached to {contact}",
    Action.SET_ORDER_EMAIL: "its address was changed",
    Action.INVITE: "an invitation was sent",
    Action.RESET_ACCESS: "its password was taken away",
    Action.ADD_NOTE: "a note was added",
}
GUARDED = (
    "This gives an account to another mailbox or person: two people must approve it, and the address that is there now "
    f"is told and can object. It waits {HOURS} hours where the change was made within {SOON.days} days before, "
    "because that may have been a thief's; later, as long as a client's request."
)
STAYS: Mapping[Action, str] = {
    Action.ADD_EMAIL: "there is no way to take it away again but by hand, in HubSpot",
    Action.MERGE: (
        "the platform has no way to part them again. The ledger keeps both records as they were (fix {fix}): a new one "
        "can be made by hand from that, with another id; orders, tickets and history stay with the one that is left"
    ),
    Action.ATTACH: "the platform lets us give it to another account, not to nobody: take it off by hand",
    Action.INVITE: "a message that was sent cannot be called back",
    Action.RESET_ACCESS: "nobody knows the old password; the person has to choose a new one",
    Action.ADD_NOTE: "notes are never taken away; another one will say that this was undone",
}


def propose(ledger: Ledger, of: str, who: str, why: str, now: datetime | None = None) -> str:
    """
    File the finding that undoes what was applied of the finding `of`, and return its id.

    Where one waits already it is that one, and nothing is changed: who says the same again has not asked for it, and
    may approve it. One that was rejected or put off does not stand in the way.

    Raises NotAllowed where nothing was applied, nothing of it can be taken back, or something was changed again since
    by a finding that has to be undone first.
    """
    now = now or datetime.now(UTC)
    who, why = who.strip(), why.strip()
    if not who or not why:
        raise NotAllowed("Say who wants this undone and why: both are kept with it.")
    row = findings.get(ledger, of)
    done = undone.applied(ledger, of) if row else []
    if row is None or not done:
        raise NotAllowed(f"Nothing of the finding {of} was applied by Rollcall: there is nothing to undo.")
    if (waiting := undone.waits(ledger, of)) is not None:
        return waiting
    if not row.because:
        raise NotAllowed(f"What was changed by the finding {of} is forgotten: it cannot be undone any more.")
    goes_back = [one for one in done if _can_be_taken_back(one)]
    for one in {_of(one): one for one in reversed(goes_back)}.values():  # of each kind, the newest
        for other in undone.later(ledger, one):
            if other.finding_id != of:
                raise NotAllowed(
                    f"{one.fix.target} was changed again since, by the finding {other.finding_id}. Undo that one first."
                )
    if row.state == "approved":
        raise NotAllowed(
            f"The finding {of} is still being applied. Wait until it is settled, or withdraw its approval."
        )
    back = _as_one_change(goes_back)
    if not back:
        raise NotAllowed(f"Nothing of the finding {of} can be taken back. " + " ".join(_stays(one) for one in done))
    proposed = _finding(row, done, back, why, Ref("rollcall", RULE, str(undone.number(ledger))))
    accounts = {one.fix.target.platform: one.account for one in done if one.account is not None}
    id = finding_id(proposed.key)
    findings.file(
        ledger,
        [proposed],
        now.date().isoformat(),
        accounts=accounts,
        whole=False,
        shown={proposed.key: _as_they_are(proposed.options[0].fixes)},
        with_it=lambda connection, _filed, _waiting: undone.asked(connection, of, id, who, why, now),
    )
    return id


def inverse(fix: Fix) -> Fix:
    """The change that leads back. Consent to a change of registrant was for that change, and has to be given anew."""
    before = {name: fix.after[name] for name in fix.before}
    needed = {name: value for name, value in fix.after.items() if name not in fix.before and name != CONSENT}
    return Fix(fix.target, fix.action, before, {**needed, **fix.before})


def _can_be_taken_back(one: Applied) -> bool:
    to_nobody = one.fix.action is Action.ATTACH and one.fix.before["contact"] is None
    kind = "detach" if to_nobody else str(one.fix.action)
    return kind in said("PUTS_BACK").get(one.fix.target.platform, ())


def _as_one_change(done: Iterable[Applied]) -> list[Applied]:
    """
    One change of a kind to a record, however many led there, from what it was before the first of them.

    Where somebody edited the record between two of them, only what came after that is taken back.
    """
    merged: dict[tuple[str, ...], Applied] = {}
    edited: set[tuple[str, ...]] = set()
    for one in done:  # the newest first
        newest = merged.setdefault(_of(one), one)
        if newest is not one and not _leads_to(one.fix, newest.fix):
            edited.add(_of(one))
        if _of(one) not in edited:
            merged[_of(one)] = replace(newest, fix=replace(newest.fix, before=one.fix.before))
    return list(merged.values())


def _of(one: Applied) -> tuple[str, ...]:
    return (str(one.fix.target), str(one.fix.action), *sorted(one.fix.before))


def _leads_to(older: Fix, newer: Fix) -> bool:
    """Whether the record was still as the older change left it when the newer one was made."""
    return all(
        older.after[name] == value or (name == "email" and str(older.after[name]).casefold() == str(value).casefold())
        for name, value in newer.before.items()
    )


def _edited_between(done: list[Applied], back: list[Applied]) -> list[Evidence]:
    """Of the records that do not go back to what they were before the first change, that they do not."""
    first = {_of(one): one.fix.before for one in done}  # the oldest is the last
    words = "somebody edited it between our changes: it goes back to what it was right before the last of them"
    return [
        Evidence("edited", -0.1, f"{_name(one.fix.target)}: {words}, and not to what it was before the first.")
        for one in back
        if one.fix.before != first[_of(one)]
    ]


def _finding(row: FindingRow, done: list[Applied], back: list[Applied], why: str, me: Ref) -> Finding:
    """`me`: the undo as a reference, so that no other one has its key."""
    fixes = [inverse(one.fix) for one in back]
    subject, known = Ref.parse(row.subject), [Ref.parse(ref) for ref in row.others]
    others = (*(ref for ref in known if (ref.platform, ref.kind) != (me.platform, me.kind)), me)
    because = [Evidence("undo", 1.0, f"Somebody asked to undo what was applied of the finding {row.id}: {why}")]
    because += [Evidence("done", 0.0, f"{_done(one)} on {one.at:%Y-%m-%d at %H:%M} UTC.") for one in back]
    because += _edited_between(done, back)
    because += [
        Evidence("stays", -0.1, _stays(one))
        for one in done
        if not _can_be_taken_back(one) and one.fix.action is not Action.ADD_NOTE
    ]
    if four_eyes.people(Option("", tuple(fixes)), _as_they_are(fixes).known) > 1:
        because.append(Evidence("guarded", -0.1, GUARDED))
    notes = [_note(ref, fixes, row.id, me) for ref in dict.fromkeys(one.fix.target for one in back) if _takes_note(ref)]
    return Finding(RULE, subject, others, 0.5, tuple(because), (Option("put back what it was", (*fixes, *notes)),), 0)


def _as_they_are(fixes: Iterable[Fix]) -> Dossier:
    """The records as the changes that are undone left them."""
    moved = [fix for fix in fixes if fix.action is Action.SET_EMAIL and fix.before.get("email")]
    return Dossier([{"ref": str(fix.target), "email": fix.before["email"]} for fix in moved])


def _note(ref: Ref, fixes: list[Fix], of: str, me: Ref) -> Fix:
    marker = f"Rollcall {of[:12]}-undo-{digest([str(me), *(fix.as_json() for fix in fixes)])[:8]}"
    return Fix(
        ref, Action.ADD_NOTE, {"note": None}, {"note": marker, "text": f"The change of finding {of} was undone."}
    )


def _takes_note(ref: Ref) -> bool:
    return ref.kind in said("TAKES_NOTE").get(ref.platform, ())


def _done(one: Applied) -> str:
    named: dict[str, Any] = {"duplicate": one.fix.before.get("duplicate"), "contact": one.fix.after.get("contact")}
    return f"{_name(one.fix.target)}: {DONE[one.fix.action].format(**named)}"


def _stays(one: Applied) -> str:
    return (
        f"{_done(one)}, and stays so: {STAYS.get(one.fix.action, 'we have no way to take it back').format(fix=one.id)}."
    )


def _name(ref: Ref) -> str:
    return f"{ref.platform} {ref.kind} {ref.id}"
