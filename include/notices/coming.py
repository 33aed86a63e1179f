"""
Word to the old address before a requested change is made: what will happen, when at the earliest, and whom to tell; and
that it is not going to be made after all, where that was decided.

There is no link to object by: the page is behind Airflow's login, and a link that anybody can follow, or a mail
scanner does, is another way to hold a change up. The old address sees only a masked form of the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from include.model import Fix, Notice
from include.notices import changes
from include.notices.wording import worded
from include.settings import Settings

CALLED_OFF = "The email address of your account is not going to be changed"
SUBJECT = "The email address of your account is going to be changed"


def coming(finding_id: str, version: int, fixes: Sequence[Fix], until: datetime, settings: Settings) -> list[Notice]:
    """One message to each address that would go."""
    about: dict[str, Any] = {
        "finding": finding_id,
        "version": str(version),
        "when": changes.moment(until, settings.timezone),
    }
    return [
        changes.notice("coming", recipient, SUBJECT, worded("coming", settings, lost=lines, **about), settings, about)
        for recipient, lines in changes.losing(fixes)
    ]


def called_off(finding_id: str, version: int, recipients: Sequence[str], settings: Settings) -> list[Notice]:
    """One message to each of those whom the change of this version was announced to."""
    about: dict[str, Any] = {"finding": finding_id, "version": str(version)}
    written = worded("called_off", settings, finding=finding_id)
    return [changes.notice("off", one, CALLED_OFF, written, settings, about) for one in recipients]
