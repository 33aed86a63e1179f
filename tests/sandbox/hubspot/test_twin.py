"""The sandbox's HubSpot: paths, pages, refusals and merges, as its contract tells them."""

from __future__ import annotations

from typing import Any

import pytest

from include.sandbox.world import World
from tests.sandbox.people_world import ANN, ANN_AGAIN, BEN, INFO, account
from tests.sandbox.twin import OpenTwin, Twin

CONTACTS = "/crm/v3/objects/contacts"


def merge(hubspot: Twin, survivor: str, duplicate: str) -> Any:
    return hubspot.call("POST", f"{CONTACTS}/merge", json={"primaryObjectId": survivor, "objectIdToMerge": duplicate})


@pytest.mark.parametrize("path", [CONTACTS, "/crm/objects/2026-03/contacts", "/crm/objects/2026-09/contacts"])
def test_every_version_answers_the_same(path: str, hubspot: Twin) -> None:
    assert hubspot.get(path) == hubspot.get(CONTACTS)
    record = hubspot.get(f"{path}/{BEN}")
    assert set(record) == {"id", "properties", "createdAt", "updatedAt", "archived"}
    assert set(record["properties"]) == {
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    }


def test_a_version_that_never_was_is_not_served(hubspot: Twin) -> None:
    assert hubspot.call("GET", "/crm/objects/2026-04/contacts").status_code == 404


@pytest.mark.parametrize(
    ("signed", "status", "category"),
    [
        pytest.param({}, 401, "INVALID_AUTHENTICATION", id="no-token"),
        pytest.param({"Authorization": "Bearer another"}, 401, "INVALID_AUTHENTICATION", id="another-token"),
    ],
)
def test_a_wrong_token_is_refused(signed: dict[str, str], status: int, category: str, hubspot: Twin) -> None:
    answer = hubspot.call("GET", CONTACTS, signed=signed)
    assert (answer.status_code, answer.json()["category"]) == (status, category)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("properties=email&properties=phone&archived=False", id="as-hubspot-api-client-asks"),
        pytest.param("properties=email%2Cphone", id="as-hubspot-sdk-asks"),
        pytest.param("properties=email,phone,no_such_property", id="unknown-names-are-ignored"),
    ],
)
def test_properties_are_asked_for_in_either_form(query: str, hubspot: Twin) -> None:
    body = hubspot.call("GET", f"{CONTACTS}?{query}").json()
    assert {tuple(record["properties"]) for record in body["results"]} == {("email", "phone")}
    assert body["results"][-1]["properties"]["phone"] is None


def test_a_list_is_paged_by_a_cursor_and_ends_without_one(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(World(1, [], [account("hubspot", str(id), None, "P", None) for id in (3, 20, 7)], [], []))
    first = hubspot.get(CONTACTS, limit=2)
    assert [record["id"] for record in first["results"]] == ["3", "7"]
    last = hubspot.get(CONTACTS, limit=2, after=first["paging"]["next"]["after"])
    assert [record["id"] for record in last["results"]] == ["20"]
    assert "paging" not in last


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "limit=x", "after=soon"])
def test_a_page_that_cannot_be_is_refused(query: str, hubspot: Twin) -> None:
    answer = hubspot.call("GET", f"{CONTACTS}?{query}")
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_an_additional_address_finds_its_contact_and_does_not_say_so(hubspot: Twin) -> None:
    asked = {"idProperty": "email", "inputs": [{"id": "BEN@old.example"}, {"id": "nobody@example.com"}]}
    answer = hubspot.call("POST", f"{CONTACTS}/batch/read", json=asked | {"properties": ["email"]})
    assert answer.status_code == 207
    assert [record["properties"] for record in answer.json()["results"]] == [{"email": "ben@example.com"}]
    assert answer.json()["numErrors"] == 1


def test_a_merge_makes_a_third_record_that_both_ids_lead_to(hubspot: Twin) -> None:
    merged = merge(hubspot, ANN, ANN_AGAIN).json()
    assert merged["id"] not in {ANN, ANN_AGAIN}
    assert {hubspot.get(f"{CONTACTS}/{id}")["id"] for id in (ANN, ANN_AGAIN, merged["id"])} == {merged["id"]}
    listed = {record["id"] for record in hubspot.get(CONTACTS, limit=100)["results"]}
    assert listed & {ANN, ANN_AGAIN, merged["id"]} == {merged["id"]}
    assert hubspot.get(CONTACTS, archived="true")["results"] == []


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("duplicate", [ANN, ANN_AGAIN, "7"], ids=["itself", "one-merged-away", "nobody"])
def test_a_merge_that_cannot_be_is_refused_and_written_down(
    duplicate: str, status: int, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(hubspot_merge_refused=status)
    merge(hubspot, BEN, ANN_AGAIN)
    answer = merge(hubspot, ANN, duplicate)
    assert answer.status_code == status
    assert [effect for *_, effect in hubspot.changes()] == ["applied", "refused"]


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        pytest.param({"no_such": "x"}, 400, "PROPERTY_DOESNT_EXIST", id="an-unknown-property"),
        pytest.param({"createdate": "x"}, 400, "READ_ONLY_VALUE", id="hubspots-own"),
        pytest.param({"hs_additional_emails": "a@b.example"}, 400, "READ_ONLY_VALUE", id="additional-addresses"),
        pytest.param({"email": "ben@old.example"}, 409, "Existing ID: 402", id="somebodys-address"),
        pytest.param({"firstname": None}, 400, "must be text", id="null"),
    ],
)
def test_an_update_that_cannot_be_changes_nothing(sent: dict[str, Any], status: int, says: str, hubspot: Twin) -> None:
    before = hubspot.get(f"{CONTACTS}/{INFO}")
    answer = hubspot.call("PATCH", f"{CONTACTS}/{INFO}", json={"properties": {"lastname": "Desk"} | sent})
    assert answer.status_code == status
    assert says in answer.json()["message"]
    assert hubspot.get(f"{CONTACTS}/{INFO}") == before
    assert [effect for *_, effect in hubspot.changes()] == ["refused"]


def test_an_update_is_written_down_and_moves_the_time_of_change(hubspot: Twin) -> None:
    before = hubspot.get(f"{CONTACTS}/{INFO}")
    for _ in range(2):
        hubspot.call("PATCH", f"{CONTACTS}/{INFO}", json={"properties": {"lastname": "Desk", "firstname": ""}})
    record = f"hubspot:contact:{INFO}"
    assert hubspot.changes() == [
        (record, "update", {"lastname": [None, "Desk"]}, "applied"),
        (record, "update", {}, "none"),
    ]
    assert hubspot.get(f"{CONTACTS}/{INFO}")["updatedAt"] > before["updatedAt"]


def test_additional_addresses_are_added_and_taken_away_by_v1(hubspot: Twin) -> None:
    path = f"/contacts/v1/secondary-email/{ANN}"
    added = hubspot.call("PUT", f"{path}/email/ann%2Bb%2F1%40example.org").json()
    assert added == {"portalId": added["portalId"], "vid": int(ANN), "secondaryEmails": ["ann+b/1@example.org"]}
    assert hubspot.get(path) == added
    assert hubspot.call("DELETE", f"{path}/email/ann%2Bb%2F1%40example.org").json()["secondaryEmails"] == []


def test_a_note_needs_a_time_and_the_right_association(hubspot: Twin) -> None:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 201}
    for note in (
        {"properties": {"hs_note_body": "x"}},
        {
            "properties": {"hs_note_body": "x", "hs_timestamp": "1700000000000"},
            "associations": [{"to": {"id": ANN}, "types": [kind]}],
        },
    ):
        assert hubspot.call("POST", "/crm/v3/objects/notes", json=note).status_code == 400
    assert hubspot.changes() == []
