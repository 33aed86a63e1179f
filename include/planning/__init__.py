"""
A client's request becomes a finding: who it is about, what stands in the way, and every change of the procedure in
its order. It writes to no platform.

Each verb takes requests' numbers and moves those that stand where it begins; a request that is elsewhere is left. What
kept one from being looked up is noted on it: it stays where it is while the others go on, and `conclude` raises it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotAllowed, NotPermitted, RollcallError, SettingsWrong, TryLater, Unauthorized
from include.planning.checking import Checked, checked
from include.planning.filing import file_finding
from include.planning.locating import located
from include.planning.put_off import bring_back
from include.requests import Request
from include.store import requests
from include.store.requests import RequestRow

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.settings import Settings
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshots

__all__ = ["bring_back", "conclude", "file", "locate", "preflight", "take"]

logger = logging.getLogger(__name__)

Opened = Callable[[str], "Platform"]
PROBLEM = "problem"  # in what was found for a request: why the last look-up came to nothing
ASKED = "request"  # the one thing that a run's configuration may name


def take(ledger: Ledger, configured: Mapping[str, Any] | None) -> list[int]:
    """
    The numbers of the requests to plan: all that wait, or the one that a run was started for.

    A run's configuration is readable to everybody: it may hold nothing but a request's number. Raises NotAllowed.
    """
    said = {name: value for name, value in (configured or {}).items() if value is not None}
    if not said:
        return requests.to_plan(ledger)
    number = said.get(ASKED)
    if set(said) != {ASKED} or isinstance(number, bool) or not isinstance(number, int):
        raise NotAllowed('A run is started with {"request": <its number>} or with nothing; write nothing else there.')
    if requests.get(ledger, number) is None:
        raise NotAllowed(f"The ledger holds no request {number}. Take it down on the review page first.")
    return [number]


def locate(ledger: Ledger, ids: Iterable[int], open_platform: Opened) -> dict[str, int]:
    """Find the one client that each request is about, or list those who answer to it."""

    def one(row: RequestRow) -> str:
        found = located(open_platform("whmcs"), _asked(row), row.client)
        requests.move(ledger, row.id, [requests.WAITING], found.state, client=found.client, found=found.told)
        return found.state

    return _each(ledger, ids, requests.WAITING, one)


def preflight(
    ledger: Ledger, ids: Iterable[int], open_platform: Opened, snapshots: Snapshots, settings: Settings
) -> dict[str, int]:
    """Look at every platform that a request would change something on: what is in the way, and what would be done."""

    def one(row: RequestRow) -> str:
        found: Checked = checked(row, _asked(row), open_platform, snapshots, settings, _others(ledger, row))
        requests.move(
            ledger, row.id, [requests.LOCATED], found.state, found={**row.found, **found.told, "problem": None}
        )
        return found.state

    return _each(ledger, ids, requests.LOCATED, one)


def file(ledger: Ledger, ids: Iterable[int], settings: Settings) -> dict[str, int]:
    """File what was found for each request as a finding with one option."""

    def one(row: RequestRow) -> str:
        _asked(row)
        file_finding(ledger, row, settings, datetime.now(UTC))
        return requests.FILED

    return _each(ledger, ids, requests.CHECKED, one)


def conclude(ledger: Ledger, ids: Iterable[int]) -> None:
    """Raise where a request could not be looked up for want of a platform: it waits for the next run."""
    rows = [row for id in ids if (row := requests.get(ledger, id))]
    if held := [row for row in rows if row.found.get(PROBLEM) and row.state in requests.TO_PLAN]:
        why = "; ".join(sorted({str(row.found[PROBLEM]) for row in held}))
        numbers = ", ".join(str(row.id) for row in held)
        raise RollcallError(f"Request {numbers} could not be looked up and waits for the next run: {why}")


def _each(ledger: Ledger, ids: Iterable[int], begins: str, step: Callable[[RequestRow], str]) -> dict[str, int]:
    """Take this step with each request that stands where it begins; how many stand where afterwards."""
    told: Counter[str] = Counter()
    for id in ids:
        row = requests.get(ledger, id)
        if row is None or row.state != begins:
            continue
        try:
            state = step(row)
        except (TryLater, Unauthorized, NotPermitted, SettingsWrong) as error:
            requests.move(ledger, id, [begins], begins, found={**row.found, PROBLEM: str(error)})
            state = begins
        except RollcallError as error:  # it is about this request, and would be so the next time
            state = requests.TROUBLE
            requests.move(ledger, id, [begins], state, found={**row.found, "troubles": [str(error)]})
        logger.info("request %d: %s", id, state)
        told[state] += 1
    return dict(told)


def _asked(row: RequestRow) -> Request:
    """What was asked, if it is what was written down. Raises NotAllowed."""
    if not row.genuine:
        raise NotAllowed(
            f"Request {row.id} is not what was written down: the ledger was changed by something other than Rollcall."
        )
    return Request.from_json(row.asked)


def _others(ledger: Ledger, row: RequestRow) -> list[int]:
    return requests.beside(ledger, row.id, str(row.client))
