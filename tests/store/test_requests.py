"""Requests in the ledger, on both databases: taken once, moved by one, checked against what was written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from include.errors import AlreadyAsked, AlreadyDecided, NotAllowed
from include.store import audit, requests
from include.store.ledger import Ledger
from include.store.schema import request


def asked(client: str = "11", **said: Any) -> dict[str, Any]:
    return {"client": client, "new_address": "ann@new.example", "reason": "moved 📦 \x00", **said}


def row(ledger: Ledger, id: int = 1) -> requests.RequestRow:
    found = requests.get(ledger, id)
    assert found is not None
    return found


def test_what_was_asked_is_kept_to_the_letter(ledger: Ledger) -> None:
    assert requests.add(ledger, [asked(), asked("12")], "ann") == [1, 2]
    found = row(ledger)
    assert (dict(found.asked), found.requester, found.state, found.genuine) == (asked(), "ann", "waiting", True)
    assert requests.get(ledger, 3) is None
    assert [one.id for one in requests.page(ledger)] == [2, 1]
    assert [one.id for one in requests.page(ledger, before=2)] == [1]
    assert requests.to_plan(ledger) == [1, 2]
    assert audit.verify(ledger) is None


@pytest.mark.parametrize("column", ["requester", "asked", "at", "hash"])
def test_a_request_that_was_changed_is_not_genuine(ledger: Ledger, column: str) -> None:
    requests.add(ledger, [asked()], "ann")
    other = {"requester": "bob", "asked": asked("13"), "hash": "0" * 64, "at": row(ledger).at.replace(year=2020)}
    with ledger.write() as connection:
        connection.execute(sa.update(request).values({column: other[column]}))
    assert not row(ledger).genuine


def test_somebody_takes_a_request_down(ledger: Ledger) -> None:
    with pytest.raises(NotAllowed):
        requests.add(ledger, [asked()], " ")


def test_one_of_many_simultaneous_equal_requests_is_taken(ledger: Ledger) -> None:
    def ask(number: int) -> object:
        try:
            return requests.add(ledger, [asked(), asked(f"other {number}")], "ann")
        except AlreadyAsked as again:
            return again.known

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(8)))
    assert sorted(map(str, told)) == ["[1, 2]", *["{0: 1}"] * 7]
    assert len(requests.page(ledger)) == 2


def test_one_of_many_simultaneous_look_ups_moves_a_request(ledger: Ledger) -> None:
    requests.add(ledger, [asked()], "ann")
    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(lambda _: requests.move(ledger, 1, ["waiting"], "located", client="c"), range(8)))
    assert sorted(moved) == [False] * 7 + [True]
    assert (row(ledger).state, row(ledger).client) == ("located", "c")


def test_the_audit_says_who_moved_a_request_and_nothing_of_what_it_says(ledger: Ledger) -> None:
    requests.add(ledger, [asked()], "ann")
    requests.withdraw(ledger, 1, "bob")
    with ledger.read() as connection:
        bodies = [str(line.body) for line in connection.execute(sa.text("SELECT body FROM audit ORDER BY seq"))]
    assert "bob" in bodies[-1]
    assert "withdrawn" in bodies[-1]
    assert not any("new.example" in body or "moved" in body for body in bodies)
    with pytest.raises(AlreadyDecided):
        requests.withdraw(ledger, 1, "bob")


def test_what_is_over_may_be_asked_again_and_is_beside_nothing(ledger: Ledger) -> None:
    requests.add(ledger, [asked(), asked("ann@old.example")], "ann")
    for id in (1, 2):
        requests.move(ledger, id, ["waiting"], "located", client="whmcs:client:11")
    assert requests.beside(ledger, 1, "whmcs:client:11") == [2]
    requests.withdraw(ledger, 2, "ann")
    assert requests.beside(ledger, 1, "whmcs:client:11") == []
    assert requests.add(ledger, [asked("ann@old.example")], "ann") == [3]
