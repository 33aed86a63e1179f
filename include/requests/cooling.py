"""
Which changes wait after their approval, so that whoever reads the old address hears of them first and can object.

A change of owner, and an address at a domain that none of the changed records had. A provider of free or
disposable mailboxes says nothing of whose one is: there, only another spelling of the same one need not wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from include.model import Action, Fix
from include.people import addresses
from include.store import four_eyes, undone


def wait(fixes: Iterable[Fix], now: datetime, hours: int, made_at: datetime | None = None) -> timedelta | None:
    """
    How long these fixes wait, where a request waits so many `hours`; None where they need not.

    `made_at`: of an undo, since when what it undoes has been so; soon after that, it waits less (see `include.undo`).
    """
    if not hours or not cools(fixes):
        return None
    soon = made_at is not None and now - made_at < undone.SOON
    return timedelta(hours=min(hours, undone.HOURS) if soon else hours)


def cools(fixes: Iterable[Fix]) -> bool:
    """Whether these fixes of an option wait."""
    told = list(fixes)
    if four_eyes.changes_owner(str(fix.action) for fix in told):
        return True
    moved = [fix for fix in told if fix.action is Action.SET_EMAIL]
    known = {four_eyes.domain(fix.before["email"]) for fix in moved if fix.before.get("email")}
    return any(_elsewhere(fix, known) for fix in moved)


def _elsewhere(fix: Fix, known: set[str]) -> bool:
    was, becomes = addresses.normal(fix.before.get("email")), addresses.normal(str(fix.after["email"]))
    if was is not None and becomes is not None and was.key == becomes.key:
        return False
    domain = four_eyes.domain(fix.after["email"])
    return domain not in known or four_eyes.anybodys(domain)
