"""
A client's consent to a fix that needs one: what kind, where it is written down, who took it, and when.

A reviewer gives it with an approval. It becomes part of the fix: an option is made of the one that was shown, with each
consent in the fix it is for and without the fixes that nobody consented to. The decision is bound to that option's
hash, and whoever applies it sees nothing else. The day it was given is part of it: it is looked at whenever an approval
relies on the consent, be it given with an earlier one, and again before each write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from include.errors import NotAllowed
from include.model import Action, Fix, Option, Ref
from include.registrant_change import CONSENT, LOCK, VERIFY, consented
from include.store import versions
from include.store.schema import fix

VALID_DAYS = 30  # a consent that is older is asked for again
LONGEST = 200
GIVEN_ON = re.compile(r" on (\d{4}-\d{2}-\d{2}) \([^()]*\)$")  # how a consent ends that a fix carries
KINDS = {
    "ticket": "Ticket opened while signed in",
    "mail": "Reply from the address on file",
    "call_back": "Call back to the number on file",
    "form": "Signed form",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """`target`: the record that it is for; `given_on`: the day, as YYYY-MM-DD."""

    target: str
    kind: str
    reference: str
    taken_by: str
    given_on: str

    @property
    def said(self) -> str:
        """The consent as the fix carries it."""
        return f"{KINDS[self.kind]}, {self.reference}, taken by {self.taken_by} on {self.given_on} ({self.target})"

    def as_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("target", "kind", "reference", "taken_by", "given_on")}


def waits(after: Mapping[str, Any]) -> bool:
    """Whether a fix that leads to `after` needs a client's consent and has none."""
    return bool({LOCK, VERIFY}.intersection(after)) and CONSENT not in after


def chosen(
    connection: sa.Connection, finding_id: str, key: str, option: sa.Row[Any], given: Sequence[Consent], today: date
) -> sa.Row[Any]:
    """
    The option that an approval of `option` approves: the same, or the one made of it with these consents.

    Raises NotAllowed when a consent is missing, is for nothing of it, or is not good.
    """
    fixes = _fixes(connection, option)
    waiting = {str(one.target) for one in fixes if waits(one.after)}
    by_target = {one.target: one for one in given}
    if by_target.keys() - waiting or len(by_target) != len(given):
        raise NotAllowed("A consent was given for something that this option does not ask consent for.")
    if waiting and not given:
        raise NotAllowed(
            "This option changes a domain's registrant and needs the client's consent: tick the domain and say where "
            "the consent is written down."
        )
    if not given:
        return option
    for one in given:
        _require_good(one, today)
    made = tuple(_with(one, by_target) for one in fixes if not waits(one.after) or str(one.target) in by_target)
    if not all(consented(one) for one in made if CONSENT in one.after):
        raise NotAllowed("A consent names another record than the one it is for.")
    return versions.add_made(connection, finding_id, key, option, Option(_label(option.label, fixes, by_target), made))


def require_fresh(connection: sa.Connection, option: sa.Row[Any], day: date) -> None:
    """Raise NotAllowed where an option carries a consent that does not hold on that day, whenever it was given."""
    if says := outdated(_fixes(connection, option), day):
        raise NotAllowed(f"{says} Ask the client again, and reject this or have it proposed anew.")


def outdated(fixes: Iterable[Fix], day: date) -> str | None:
    """Which consent does not hold on that day, as a sentence; None where all do that these fixes carry."""
    for one in fixes:
        if CONSENT not in one.after:
            continue
        told = GIVEN_ON.search(str(one.after[CONSENT]))
        if told is None:
            return f"Of the consent for {one.target} nothing tells when it was given."
        given = date.fromisoformat(told[1])
        if not timedelta(0) <= day - given <= timedelta(days=VALID_DAYS):
            return f"The consent for {one.target} is of {given.isoformat()}, and may be {VALID_DAYS} days old at most."
    return None


def _fixes(connection: sa.Connection, option: sa.Row[Any]) -> list[Fix]:
    rows = connection.execute(sa.select(fix).where(fix.c.option_id == option.id).order_by(fix.c.position)).all()
    return [Fix(Ref.parse(row.target), Action(row.action), row.before, row.after) for row in rows]


def _label(label: str, fixes: Sequence[Fix], given: Mapping[str, Consent]) -> str:
    """What the option is called that people approve: whose consent there is, and what stays as it is without one."""
    names = {str(one.target): str(one.after.get("domain") or one.target) for one in fixes if waits(one.after)}
    told = ", ".join(name for target, name in names.items() if target in given)
    stays = ", ".join(name for target, name in names.items() if target not in given)
    return f"{label} (given for {told}{f'; not for {stays}, which stays as it is' if stays else ''})"


def _with(one: Fix, by_target: Mapping[str, Consent]) -> Fix:
    if not waits(one.after):
        return one
    return replace(one, after={**one.after, CONSENT: by_target[str(one.target)].said})


def _require_good(one: Consent, today: date) -> None:
    if one.kind not in KINDS:
        raise NotAllowed("Say what kind of consent it is.")
    if not one.reference.strip() or not one.taken_by.strip():
        raise NotAllowed("A consent needs its reference (a ticket, a message, a form) and the name of who took it.")
    if max(len(one.reference), len(one.taken_by)) > LONGEST:
        raise NotAllowed(f"The reference of a consent and who took it may each have {LONGEST} characters.")
    try:
        given = date.fromisoformat(one.given_on)
    except ValueError as error:
        raise NotAllowed("Say on which day the consent was given (YYYY-MM-DD).") from error
    if given > today:
        raise NotAllowed("A consent cannot be of a day to come.")
    if given < today - timedelta(days=VALID_DAYS):
        raise NotAllowed(f"The consent is older than {VALID_DAYS} days: ask the client again.")
