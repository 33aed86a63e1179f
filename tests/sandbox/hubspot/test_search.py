"""The sandbox's HubSpot searches as HubSpot's guide says, lists in the order that is switched, and creates contacts."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from include.sandbox.world import World
from tests.sandbox.people_world import LATER, account
from tests.sandbox.twin import OpenTwin, Twin

CONTACTS = "/crm/v3/objects/contacts"
IDS = (12, 21, 103, 230, 301)
ASCENDING = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]


@pytest.fixture
def few(hubspot_with: OpenTwin) -> Twin:
    return hubspot_with(five())


def five() -> World:
    """Five contacts, each changed an hour after the one before it."""
    made = [
        account("hubspot", str(id), f"P{id}@Example.com", "P", None, updated_at=LATER + timedelta(hours=place))
        for place, id in enumerate(IDS)
    ]
    made[1].company = "Acme"
    return World(1, [], made, [], [])


def search(hubspot: Twin, *filters: dict[str, Any], **more: Any) -> Any:
    said: dict[str, Any] = {"filterGroups": [{"filters": [*filters]}] if filters else [], "sorts": ASCENDING}
    return hubspot.call("POST", f"{CONTACTS}/search", json=said | more)


def by(name: str, how: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": how} | ({} if value is None else {"value": value}) | more


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param([], IDS, id="no-filter"),
        pytest.param([by("hs_object_id", "GT", "103")], (230, 301), id="ids-are-numbers"),
        pytest.param([by("hs_object_id", "GTE", "103")], (103, 230, 301), id="from-an-id"),
        pytest.param([by("hs_object_id", "LT", "103")], (12, 21), id="before-an-id"),
        pytest.param([by("hs_object_id", "BETWEEN", "21", highValue="230")], (21, 103, 230), id="between"),
        pytest.param([by("lastmodifieddate", "GTE", str(int(LATER.timestamp() * 1000) + 7_200_000))], IDS[2:], id="ms"),
        pytest.param([by("lastmodifieddate", "LTE", "2026-05-20T09:30:00.000Z")], IDS[:2], id="an-iso-time"),
        pytest.param([by("company", "HAS_PROPERTY")], (21,), id="there-is-one"),
        pytest.param([by("company", "NOT_HAS_PROPERTY")], (12, 103, 230, 301), id="there-is-none"),
        pytest.param([by("email", "EQ", "p12@example.com")], (12,), id="without-case"),
        pytest.param([by("hs_object_id", "IN", values=["12", "301", "5"])], (12, 301), id="one-of"),
        pytest.param([by("hs_object_id", "GT", "12"), by("hs_object_id", "LTE", "103")], (21, 103), id="both"),
    ],
)
def test_filters_find_what_they_name(filters: list[dict[str, Any]], found: tuple[int, ...], few: Twin) -> None:
    body = search(few, *filters, limit=200).json()
    assert tuple(int(one["id"]) for one in body["results"]) == found
    assert body["total"] == len(found)
    assert "paging" not in body


def test_pages_are_offsets_and_the_total_is_of_all(few: Twin) -> None:
    first = search(few, limit=2).json()
    second = search(few, limit=2, after=first["paging"]["next"]["after"]).json()
    assert [one["id"] for one in first["results"] + second["results"]] == ["12", "21", "103", "230"]
    assert first["total"] == second["total"] == 5
    assert second["paging"]["next"]["after"] == "4"


@pytest.mark.parametrize("sorts", [["-hs_object_id"], [ASCENDING[0] | {"direction": "DESCENDING"}]])
def test_a_sort_has_two_forms(sorts: list[Any], few: Twin) -> None:
    assert [int(one["id"]) for one in search(few, sorts=sorts).json()["results"]] == sorted(IDS, reverse=True)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"limit": 201}, id="a-page-too-large"),
        pytest.param({"limit": 200, "after": "9900"}, id="past-ten-thousand"),
        pytest.param({"after": "MTI="}, id="a-cursor-that-is-no-number"),
        pytest.param({"properties": ["x" * 3000]}, id="a-body-too-long"),
        pytest.param({"sorts": ["email", "hs_object_id"]}, id="two-sorts"),
        pytest.param({"filterGroups": [{"filters": [by("email", "HAS_PROPERTY")]}] * 6}, id="six-groups"),
        pytest.param({"filterGroups": [{"filters": [by("email", "HAS_PROPERTY")] * 7}]}, id="seven-filters"),
        pytest.param({"filterGroups": [{"filters": [by("email", "HAS_PROPERTY")] * 5}] * 4}, id="twenty-filters"),
        pytest.param({"filterGroups": [{"filters": []}]}, id="no-filters"),
        pytest.param({"filterGroups": [{"filters": [by("no_such", "EQ", "1")]}]}, id="no-such-property"),
        pytest.param({"filterGroups": [{"filters": [by("email", "LIKE", "p")]}]}, id="no-such-operator"),
        pytest.param({"filterGroups": [{"filters": [by("createdate", "GT", "soon")]}]}, id="no-time"),
    ],
)
def test_what_search_cannot_do_is_refused(said: dict[str, Any], few: Twin) -> None:
    answer = search(few, **said)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_archived_and_merged_contacts_are_not_found(few: Twin) -> None:
    few.call("DELETE", f"{CONTACTS}/12")
    few.call("POST", f"{CONTACTS}/merge", json={"primaryObjectId": "21", "objectIdToMerge": "103"})
    assert [one["id"] for one in search(few).json()["results"]] == ["230", "301", "304"]


def test_what_changed_just_now_is_found_late(few: Twin) -> None:
    few.call("PATCH", f"{CONTACTS}/12", json={"properties": {"lastname": "Q"}})
    few.desk.switches["hubspot_search_lag"] = 60
    assert [one["id"] for one in search(few).json()["results"]] == ["21", "103", "230", "301"]


def test_a_key_that_may_not_search_may_list(few: Twin) -> None:
    few.desk.switches["hubspot_search"] = False
    assert search(few).status_code == 403
    assert len(few.get(CONTACTS)["results"]) == 5


@pytest.mark.parametrize(
    ("cursor", "by_id", "order", "first"),
    [
        pytest.param("last", True, IDS, "21", id="the-last-id"),
        pytest.param("next", True, IDS, "103", id="the-next-id"),
        pytest.param("opaque", True, IDS, base64.b64encode(b"21\n").decode(), id="opaque"),
        pytest.param("last", False, (21, 12, 230, 301, 103), "12", id="another-order"),
    ],
)
def test_a_list_goes_by_its_cursors(
    cursor: str, by_id: bool, order: tuple[int, ...], first: str, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(five(), hubspot_cursor=cursor, hubspot_list_by_id=by_id)
    page = hubspot.get(CONTACTS, limit=2)
    assert page["paging"]["next"]["after"] == first
    found = [one["id"] for one in page["results"]]
    while "paging" in page:
        page = hubspot.get(CONTACTS, limit=2, after=page["paging"]["next"]["after"])
        found += [one["id"] for one in page["results"]]
    assert sorted(found) == sorted(map(str, IDS))
    assert [int(id) for id in found] == list(order)


def test_an_opaque_cursor_cannot_be_made_up(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(five(), hubspot_cursor="opaque")
    assert hubspot.call("GET", f"{CONTACTS}?after=21").status_code == 400


def test_a_contact_is_created_or_refused_whole(few: Twin) -> None:
    made = few.call("POST", CONTACTS, json={"properties": {"email": "New@example.com"}})
    assert (made.status_code, made.json()["properties"]["email"]) == (201, "new@example.com")
    again = few.call("POST", CONTACTS, json={"properties": {"email": "new@example.com"}})
    assert again.status_code == 409
    assert len(few.get(CONTACTS)["results"]) == 6
