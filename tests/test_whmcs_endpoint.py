"""A list that changes while it is read is read again, and never taken for complete when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import Unreachable
from include.key import Key
from include.transport import Answer
from include.whmcs_endpoint import Endpoint, without_secrets


class Shelf:
    """A list of records that another program changes between two pages, as often as it is told to."""

    def __init__(self, ids: list[int], changes: list[list[int]]) -> None:
        self.ids, self.changes, self.asked = ids, changes, 0

    def read(self, _method: str, _path: str, *, data: dict[str, str]) -> Answer:
        self.asked += 1
        start, size = int(data["limitstart"]), int(data["limitnum"])
        rows = [{"id": number} for number in self.ids[start : start + size]]
        body: dict[str, Any] = {"result": "success", "totalresults": len(self.ids), "clients": {"client": rows}}
        if self.changes:
            self.ids = self.changes.pop(0)
        return Answer(200, {}, body)


def listed(shelf: Shelf) -> list[int]:
    endpoint = Endpoint(shelf, Key("sandbox", "sandbox", {"page_size": 2}))  # type: ignore[arg-type]
    pages = endpoint.listing("GetClients", "clients", "client")
    return [row["id"] for page in pages for row in page["clients"]["client"]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], [1, 2, 3, 4], id="nothing-happened"),
        pytest.param([[2, 3, 4]], [2, 3, 4], id="one-left-and-the-rest-moved-up"),
        pytest.param([[1, 2, 4]], [1, 2, 4], id="one-left-that-was-still-to-come"),
        pytest.param([[0, 1, 2, 3, 4]], [0, 1, 2, 3, 4], id="one-came-in-front"),
        pytest.param([[1, 2, 3, 4, 5]], [1, 2, 3, 4, 5], id="one-came-behind"),
    ],
)
def test_a_list_is_whole_in_the_end(changes, expected):
    assert listed(Shelf([1, 2, 3, 4], changes)) == expected


def test_a_list_that_never_rests_is_not_taken_for_complete():
    restless = [[0, 1, 2, 3], [1, 2, 3, 4]] * 10
    with pytest.raises(Unreachable, match="GetClients kept changing"):
        listed(Shelf([1, 2, 3, 4], restless))


def test_secrets_are_dropped_wherever_they_stand_and_nothing_else_is():
    told = {
        "products": {"0": {"id": 1, "password": "x", "username": "a"}, "1": {"Password": "x", "domain": "d"}},
        "client": {"country": "US", "city": "C", "customfields1": "x", "companyname": "c", "securityqans": "x"},
        "orders": [{"ipaddress": "x", "fraudoutput": "x", "transfersecret": "x", "ordernum": 3}],
    }
    assert without_secrets(told) == {
        "products": {"0": {"id": 1, "username": "a"}, "1": {"domain": "d"}},
        "client": {"country": "US", "city": "C", "companyname": "c"},
        "orders": [{"ordernum": 3}],
    }
