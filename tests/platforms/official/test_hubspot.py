"""HubSpot's own client works against the sandbox: its models refuse an answer that HubSpot would not give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import (
    BatchReadInputSimplePublicObjectId,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
)
from hubspot.crm.contacts.exceptions import ApiException
from hubspot.crm.objects.notes import (
    AssociationSpec,
    PublicAssociationsForObject,
    PublicObjectId,
    SimplePublicObjectInputForCreate,
)

from tests.sandbox.people_world import ANN, ANN_AGAIN, ANN_THIRD, BEN, INFO
from tests.sandbox.twin import Twin

NOTE_OF_CONTACT = 202


@pytest.fixture
def client(hubspot: Twin) -> HubSpot:
    return HubSpot(access_token="sandbox", host=hubspot.base, client_side_validation=True)


def test_contacts_are_listed_page_by_page(client: HubSpot) -> None:
    seen: dict[str, str] = {}
    after = None
    while True:
        page = client.crm.contacts.basic_api.get_page(limit=2, after=after, properties=["email", "lastname"])
        seen |= {one.id: one.properties["email"] for one in page.results}
        assert len(page.results) <= 2
        if page.paging is None:
            break
        after = page.paging.next.after
    assert list(seen) == [ANN, ANN_AGAIN, ANN_THIRD, BEN, INFO]
    assert seen[BEN] == "ben@example.com"


def test_the_client_s_own_listing_of_everything_ends(client: HubSpot) -> None:
    assert [one.id for one in client.crm.contacts.get_all()] == [ANN, ANN_AGAIN, ANN_THIRD, BEN, INFO]


def test_a_contact_is_updated_and_read_back(client: HubSpot, hubspot: Twin) -> None:
    wanted = SimplePublicObjectInput(properties={"email": "ann@new.example"})
    told = client.crm.contacts.basic_api.update(ANN, wanted)
    assert told.properties["email"] == "ann@new.example"
    assert client.crm.contacts.basic_api.get_by_id(ANN, properties=["email"]).properties["email"] == "ann@new.example"
    assert [effect for *_, effect in hubspot.changes()] == ["applied"]


def test_a_merge_gives_a_third_contact_that_both_ids_lead_to(client: HubSpot) -> None:
    asked = PublicMergeInput(primary_object_id=ANN, object_id_to_merge=ANN_AGAIN)
    merged = client.crm.contacts.basic_api.merge(asked)
    assert merged.id not in (ANN, ANN_AGAIN)
    assert {client.crm.contacts.basic_api.get_by_id(old).id for old in (ANN, ANN_AGAIN)} == {merged.id}


@pytest.mark.parametrize(
    ("ids", "found"),
    [pytest.param([ANN, BEN], [ANN, BEN], id="all-there"), pytest.param([ANN, "999"], [ANN], id="one-not-there")],
)
def test_contacts_are_read_in_a_batch(ids: list[str], found: list[str], client: HubSpot) -> None:
    asked = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": id} for id in ids], properties=["email"], properties_with_history=[]
    )
    told = client.crm.contacts.batch_api.read(asked)
    assert [one.id for one in told.results] == found
    assert told.status == "COMPLETE"
    assert getattr(told, "num_errors", None) == (len(ids) - len(found) or None)


def test_a_note_is_written_on_a_contact_and_found_by_it(client: HubSpot) -> None:
    kind = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=NOTE_OF_CONTACT)
    properties = {"hs_timestamp": "2026-11-01T10:00:00Z", "hs_note_body": "Address changed on request."}
    asked = SimplePublicObjectInputForCreate(
        properties=properties, associations=[PublicAssociationsForObject(to=PublicObjectId(id=ANN), types=[kind])]
    )
    note = client.crm.objects.notes.basic_api.create(asked)
    found = client.crm.associations.v4.basic_api.get_page("contacts", ANN, "notes")
    assert [one.to_object_id for one in found.results] == [note.id]


def test_the_properties_are_described(client: HubSpot) -> None:
    told = {one.name: one for one in client.crm.properties.core_api.get_all("contacts").results}
    assert told["hs_additional_emails"].modification_metadata.read_only_value
    assert not told["email"].modification_metadata.read_only_value


def _update(client: HubSpot) -> Any:
    return client.crm.contacts.basic_api.update(ANN, SimplePublicObjectInput(properties={"email": "ben@example.com"}))


def _read(client: HubSpot) -> Any:
    return client.crm.contacts.basic_api.get_by_id("999")


def _search(client: HubSpot) -> Any:
    return client.crm.contacts.search_api.do_search(PublicObjectSearchRequest(limit=201))


@pytest.mark.parametrize(
    ("ask", "status", "category"),
    [
        pytest.param(_update, 409, "CONFLICT", id="an-address-that-another-has"),
        pytest.param(_read, 404, "OBJECT_NOT_FOUND", id="nobody"),
        pytest.param(_search, 400, "VALIDATION_ERROR", id="a-search-for-more-than-it-gives"),
    ],
)
def test_a_refusal_comes_as_the_client_s_own_exception(
    ask: Any, status: int, category: str | None, client: HubSpot
) -> None:
    with pytest.raises(ApiException) as refused:
        ask(client)
    assert refused.value.status == status
    if category:
        assert json.loads(refused.value.body)["category"] == category


def test_a_wrong_token_is_refused(hubspot: Twin) -> None:
    stranger = HubSpot(access_token="another", host=hubspot.base)
    with pytest.raises(ApiException) as refused:
        stranger.crm.contacts.basic_api.get_page()
    assert refused.value.status == 401
