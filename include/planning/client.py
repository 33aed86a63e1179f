"""The client's profile and its owner's login: whether both can have the new address, and who else it would be for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from include.errors import NotFound, UnexpectedAnswer
from include.model import Action, Fix, Ref
from include.people import addresses
from include.planning.draft import AGAINST, FOR, STRONGLY, Draft, same, to_read
from include.platforms.whmcs.find import Owner, owner_of
from include.platforms.whmcs.holders import contacts_holding, holders
from include.platforms.whmcs.profile import Profile, profile
from include.requests import WEAK
from include.rules import _making as making
from include.store import proofs

if TYPE_CHECKING:
    from datetime import datetime

    from include.platforms import Platform


def look_at_client(draft: Draft, whmcs: Platform, asked_at: datetime, today: date, proof_days: int) -> None:
    """Everything about the client itself. Where one of its changes cannot be made, the draft says why."""
    draft.accounts["whmcs"] = whmcs.api.account()
    known = profile(whmcs.api, draft.client)
    _who_asked(draft, known, asked_at)
    if not proofs.fresh(draft.asked.proof.seen_on, today, proof_days):
        says = f"The proof of who asks has become older than {proof_days} days: make sure again, and ask anew."
        draft.troubles.append(says)
    _the_address(draft)
    if not known.active:
        draft.troubles.append(
            f"The client is {(known.status or 'in no state').lower()} in WHMCS, and nobody can sign in to it: "
            "make it active first."
        )
    try:
        owner = owner_of(whmcs.api, draft.client)
    except (NotFound, UnexpectedAnswer) as doubtful:
        draft.troubles.append(str(doubtful))
        return
    _the_changes(draft, whmcs, known, owner)
    _who_else(draft, owner)
    _taken(draft, whmcs, owner)
    _sub_contacts(draft, whmcs)


def _sub_contacts(draft: Draft, whmcs: Platform) -> None:
    """Those with the old address: last of all where the client agreed, since WHMCS may refuse what another one has."""
    for contact in [one for old in sorted(draft.old) for one in contacts_holding(whmcs.api, draft.client, old)]:
        says = f"Sub-contact {contact.id} of the client has the old address too and gets its mail:"
        if not draft.asked.contacts:
            draft.says("sub_contact", 0.0, f"{says} it stays as it is. Ask the client, and ask anew.")
            continue
        now = whmcs.fixes.read(whmcs.api, to_read(contact, min(draft.old), draft.new))["email"]
        draft.says("sub_contact", 0.0, f"{says} the client agreed that it is changed too.")
        draft.saw(contact, now)
        draft.contacts.append(making.set_email(contact, now, draft.new))


def _who_asked(draft: Draft, known: Profile, asked_at: datetime) -> None:
    who = " ".join(filter(None, (known.name or known.company or "without a name", f"(client {draft.client.id})")))
    says = f"Request {draft.number}, taken down by {draft.requester} on {asked_at.date().isoformat()}: {who} wants"
    says += f" {draft.new} instead of {known.email or 'no address'}. Why: {draft.asked.reason}"
    draft.says("asked", FOR, says)
    weak = draft.asked.proof.kind in WEAK
    draft.says("proof", FOR / 2, f"Who asks was made sure of by: {draft.proof}.")
    if weak:
        says = "This proof is weak: who has got hold of the mailbox or knows the person may give it too."
        draft.says("weak_proof", AGAINST, says)
    if draft.asked.mailbox_lost:
        says = "The client no longer reads the old address, and nobody there can object. It is written to all the same."
        draft.says("mailbox_lost", AGAINST, says)
    if draft.asked.new_person:
        name = f"{draft.asked.first_name} {draft.asked.last_name}"
        says = f"A new person takes the client over: {name}. WHMCS keeps the old password until its owner resets it"
        draft.says("new_person", AGAINST, f"{says} (Forgot password, at the new address).")


def _the_address(draft: Draft) -> None:
    """What makes the new address doubtful in itself."""
    known = addresses.normal(draft.new)
    if known is None:
        draft.troubles.append("The new address is no address.")
        return
    if known.looks_like:
        says = f"{draft.new} looks like {known.looks_like}: was it misspelled, or is it meant to be taken for that?"
        draft.says("new_looks_like", STRONGLY, says)
    if written := addresses.foreign_domain(draft.new):
        says = f"The domain of {draft.new} is written {written} by mail systems: read the letters one by one."
        mixed = addresses.mixes_scripts(draft.new)
        more = " It mixes the letters of two scripts, which honest names rarely do." if mixed else ""
        draft.says("new_mixed" if mixed else "new_foreign", STRONGLY if mixed else 0.0, says + more)
    if known.disposable:
        draft.says("new_disposable", STRONGLY, f"{draft.new} is a mailbox for one day: it will be gone, or anybody's.")
    if known.role:
        draft.says("role", AGAINST, f"{draft.new} is the mailbox of a task, which several people may read.")


def _the_changes(draft: Draft, whmcs: Platform, known: Profile, owner: Owner) -> None:
    """Login before profile: it has the stricter rule, so that a conflict shows before anything has changed."""
    signs_in = whmcs.fixes.read(whmcs.api, to_read(owner.login, known.email, draft.new))["email"]
    draft.old = {same(one) for one in (known.email, signs_in) if one and not draft.is_new(one)}
    if signs_in and known.email and same(signs_in) != same(known.email):
        says = f"The owner signs in with {signs_in} so far, and the client has {known.email}: both are changed."
        draft.says("login_differs", 0.0, says)
    held: list[tuple[Ref, str | None]] = [(owner.login, signs_in), (draft.client, known.email)]
    names = {"first_name": known.first_name, "last_name": known.last_name, "company": known.company}
    draft.saw(draft.client, known.email, **names)
    draft.saw(owner.login, signs_in)
    draft.first += [making.set_email(ref, now, draft.new) for ref, now in held if not draft.is_new(now)]
    if draft.asked.new_person:
        for ref, hint in held:
            asked = Fix(ref, Action.SET_NAME, {"email": hint}, {})
            draft.first += draft.renamed(ref, whmcs.fixes.read(whmcs.api, asked))


def _who_else(draft: Draft, owner: Owner) -> None:
    if owner.owns:
        ids = making.several([one.id for one in owner.owns])
        says = f"The login owns client {ids} too, and from then on signs in there with {draft.new} as well. What mail"
        draft.says("several_clients", STRONGLY, f"{says} these get stays as it is. Does the client know?")
    if owner.uses:
        ids = making.several([one.id for one in owner.uses])
        draft.says("uses_clients", AGAINST, f"The login may also use client {ids}, which another login owns.")


def _taken(draft: Draft, whmcs: Platform, owner: Owner) -> None:
    """Who has the new address in WHMCS already: it gives one to a single login, a single client, maybe to fewer."""
    words = {
        "login": "signs in with the new address already: no two logins can have it",
        "client": "has the new address already: WHMCS refuses it for a second client",
        "contact": "is a sub-contact with the new address already: WHMCS may refuse it for the client",
    }
    for holder in holders(whmcs.api, draft.new):
        if holder not in {owner.login, draft.client}:
            says = f"WHMCS {holder.kind} {holder.id} {words[holder.kind]}."
            draft.troubles.append(f"{says} Ask the client for another one, or settle first whose it is.")
