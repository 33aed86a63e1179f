"""
An email change is told to the old and to the new address: one message to each, however many records were changed.

The old address sees only a masked form of the new one, the new address nothing of the old one. Invitations and resets
are mailed by the platforms themselves; what happens to orders, names and notes is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.digests import digest
from include.model import Action, Fix, Notice, Ref
from include.notices.recipients import fingerprint, masked, message_id
from include.notices.wording import worded
from include.registry import said, vendors
from include.settings import Settings

HEADERS = {"Auto-Submitted": "auto-generated"}
CHANGED = "The email address of your account was changed"
SET = "This is now the email address of your account"
ADDED = "This email address was added to your account"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One address of one record: gone (`new` is empty), there for the first time (`old` is empty), or replaced."""

    service: str
    old: str | None
    new: str | None
    additional: bool = False
    signs_in: bool = False

    @property
    def same(self) -> bool:
        """Only the spelling changed."""
        return self.old is not None and self.new is not None and _key(self.old) == _key(self.new)


def of_change(
    finding_id: str,
    version: int,
    fixes: Sequence[Fix],
    settings: Settings,
    now: datetime | None = None,
) -> list[Notice]:
    """
    The messages that these fixes of an option lead to; none when they change no address of a person.

    `version`: the finding's. What changes when it comes back and is approved again is told in messages of its own. A
    message that tells of more than one before it is another one, too: what follows an unknown outcome, or a wait, is
    told with all that went before. One that tells its recipient nothing else is the same, and not sent again.
    """
    changes = list(dict.fromkeys(change for fix in fixes for change in _changes(fix)))
    old = _by_address((change.old, change) for change in changes if not change.same)
    new = _by_address((change.new, change) for change in changes)
    when = moment(now or datetime.now(UTC), settings.timezone)
    about = {"finding": finding_id, "version": str(version), "when": when}
    return [
        *(_to_old(recipient, lost, settings, about) for key, (recipient, lost) in old.items() if key not in new),
        *(
            _to_new(recipient, gained, old[key][1] if key in old else [], settings, about)
            for key, (recipient, gained) in new.items()
        ),
    ]


def losing(fixes: Sequence[Fix]) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Each address that would go: where, and which would take its place there, as far as it may be shown."""
    changes = list(dict.fromkeys(change for fix in fixes for change in _changes(fix) if not change.same))
    stays = _by_address((change.new, change) for change in changes)
    goes = _by_address((change.old, change) for change in changes)
    return [(recipient, _lines(lost)) for key, (recipient, lost) in goes.items() if key not in stays]


def _to_old(recipient: str, lost: list[Change], settings: Settings, about: dict[str, Any]) -> Notice:
    lines = _lines(lost)
    written = worded("changed_old", settings, lost=lines, moved=any(new for _, new in lines), **about)
    return notice("old", recipient, CHANGED, written, settings, about, digest(lines)[:16])


def _to_new(
    recipient: str, gained: list[Change], lost: list[Change], settings: Settings, about: dict[str, Any]
) -> Notice:
    values = {
        "services": list(dict.fromkeys(change.service for change in gained if not change.additional)),
        "additional": list(dict.fromkeys(change.service for change in gained if change.additional)),
        "signs_in": any(change.signs_in for change in gained),
        "lost": _lines(lost),
    }
    subject = CHANGED if lost else SET if values["services"] else ADDED
    written = worded("changed_new", settings, **values, **about)
    return notice("new", recipient, subject, written, settings, about, digest(values)[:16])


def _lines(lost: list[Change]) -> list[tuple[str, str | None]]:
    """Where an address is no longer used, and which took its place, as far as it may be shown."""
    return list(dict.fromkeys((change.service, masked(change.new) if change.new else None) for change in lost))


def notice(
    role: str,
    recipient: str,
    subject: str,
    written: tuple[str, str],
    settings: Settings,
    about: dict[str, Any],
    *tells: str,
) -> Notice:
    """
    A message about a finding. `role` is a part of its name, and says whom it is for; `tells`, if given, of what.

    What `tells` is made of must be nothing that the recipient may not see.
    """
    named = message_id(settings, about["finding"], about["version"], role, fingerprint(recipient), *tells)
    return Notice(named, recipient, subject, *written, about=about["finding"], headers=HEADERS)


def _changes(fix: Fix) -> Iterator[Change]:
    if _use(fix.target) is None:
        return
    service, signs_in = _service(fix.target), any(fix.target.kind in kinds for kinds in said("SIGNS_IN").values())
    match fix.action:
        case Action.SET_EMAIL:
            yield Change(service, fix.before.get("email"), fix.after.get("email"), signs_in=signs_in)
        case Action.ADD_EMAIL:
            had, has = (
                {_key(text): text for text in side.get("other_emails") or ()} for side in (fix.before, fix.after)
            )
            yield from (Change(service, text, None, True) for key, text in had.items() if key not in has)
            yield from (Change(service, None, text, True) for key, text in has.items() if key not in had)
        case _:
            return


def _by_address(changes: Iterator[tuple[str | None, Change]]) -> dict[str, tuple[str, list[Change]]]:
    """The changes of each address, as it is spelled first."""
    told: dict[str, tuple[str, list[Change]]] = {}
    for text, change in changes:
        if text and text.strip(" "):
            told.setdefault(_key(text), (text.strip(" "), []))[1].append(change)
    return told


def _key(text: str) -> str:
    return text.strip(" ").casefold()


def _service(target: Ref) -> str:
    """A record's home in a customer's words: `Store (Shopify)`."""
    name = vendors().get(target.platform, target.platform.replace("_", " ").title())
    return f"{_use(target)} ({name})"


def _use(target: Ref) -> str | None:
    """What a record of this kind is to its person; None for one that is nobody's, such as an order."""
    told = said("KINDS")
    every = (told.get(target.platform, {}), *told.values())  # a platform's own word first
    return next((str(uses[target.kind]) for uses in every if target.kind in uses), None)


def moment(now: datetime, zone: str) -> str:
    """`23 November 2026 at 14:05 (UTC)`, whatever this machine's locale."""
    local = now.astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} at {local:%H:%M} ({zone})"
