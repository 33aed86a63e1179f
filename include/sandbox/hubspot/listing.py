"""
The order in which the sandbox's HubSpot lists contacts, and the cursors it gives.

HubSpot says only that a cursor is opaque. In practice the list is in the order of ids and a cursor is one: the next
record's or the last one's, which is switched here, as are a list in another order, a cursor that tells nothing, and one
that is taken only where it is a contact's id.
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from include.sandbox.hubspot.refusals import Refused

if TYPE_CHECKING:
    from include.sandbox.hubspot.portal import Portal

DEAD = "The cursor is invalid or has expired."


class Listing:
    """A portal's contacts in order."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._of: tuple[int, int, bool] | None = None
        self._ids: list[int] = []
        self._places: list[int] = []

    def page(self, after: str | None, limit: int) -> tuple[list[int], str | None]:
        """The ids of one page, and the cursor of the next."""
        self._sort()
        start = self._start(after) if after else 0
        ids = self._ids[start : start + limit]
        if start + limit >= len(self._ids):
            return ids, None
        match self._portal.desk.switches["hubspot_cursor"]:
            case "next":
                return ids, str(self._ids[start + limit])
            case "opaque":
                return ids, base64.b64encode(f"{ids[-1]}\n".encode()).decode()
            case _:
                return ids, str(ids[-1])

    def _start(self, after: str) -> int:
        kind = self._portal.desk.switches["hubspot_cursor"]
        try:
            said = base64.b64decode(after, validate=True).decode().strip() if kind == "opaque" else after
            id = int(said)
        except (binascii.Error, ValueError):
            raise Refused(400, "VALIDATION_ERROR", DEAD) from None
        if kind == "own" and id not in self._portal.contacts:
            raise Refused(400, "VALIDATION_ERROR", DEAD)
        place = self._place(id)
        return bisect_left(self._places, place) if kind == "next" else bisect_right(self._places, place)

    def _place(self, id: int) -> int:
        """Where an id is in the order: at itself, or as if it were read backwards."""
        return id if self._portal.desk.switches["hubspot_list_by_id"] else int(str(id)[::-1] + f"{len(str(id)):02d}")

    def _sort(self) -> None:
        contacts, by_id = self._portal.contacts, self._portal.desk.switches["hubspot_list_by_id"]
        of = (len(contacts), next(reversed(contacts), 0), by_id)
        if of != self._of:
            self._of, self._ids = of, sorted(contacts, key=self._place)
            self._places = [self._place(id) for id in self._ids]
