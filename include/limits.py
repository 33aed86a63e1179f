"""Which cap an action of a fix has, by the settings. It counts nothing: that is `apply.caps`'."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from include.model import Action

if TYPE_CHECKING:
    from include.settings import Settings


class Cap(NamedTuple):
    """How many fixes of an action one run, and 24 hours, may apply."""

    run: int
    day: int


def cap_of(action: Action, settings: Settings) -> Cap | None:
    """The cap of an action; None for what changes no record's data."""
    match action:
        case Action.SET_EMAIL | Action.ADD_EMAIL | Action.SET_NAME:
            return Cap(settings.cap_set_email, settings.cap_day_set_email)
        case Action.MERGE:
            return Cap(settings.cap_merge, settings.cap_day_merge)
        case Action.ATTACH | Action.SET_ORDER_EMAIL:
            return Cap(settings.cap_attach, settings.cap_day_attach)
        case Action.INVITE | Action.RESET_ACCESS:
            return Cap(settings.cap_access, settings.cap_day_access)
        case Action.ADD_NOTE | Action.CHECK_ACCESS:
            return None
        case _:
            raise ValueError(f"no cap is known for {action}")
