"""A merge cannot be undone: what is one contact already, gone or full is told, and is never merged by guesswork."""

from __future__ import annotations

import pytest

from include.errors import NotFound, Refusal, UnclearOutcome
from include.model import Ref
from include.platforms.hubspot import fixes
from tests.platforms.hubspot.wanted import ANN_MERGED, merge, set_email
from tests.sandbox.people_world import ANN, ANN_AGAIN, ANN_THIRD, BEN
from tests.sandbox.twin import OpenTwin, Twin

VERSIONS = ["v3", "2026-09"]
THE_OTHER_WAY = merge(ANN_AGAIN, "ann.lee@example.com", ANN, "ann@example.com")


def archive(twin: Twin, id: str) -> None:
    assert twin.call("DELETE", f"/crm/v3/objects/contacts/{id}").status_code == 204


def applied(twin: Twin) -> list[str]:
    return [action for _, action, _, effect in twin.changes() if effect == "applied"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("again", [ANN_MERGED, THE_OTHER_WAY], ids=["the-same-merge", "the-other-way-round"])
def test_two_that_were_merged_already_read_as_merged_and_are_not_sent_again(
    version: str, again: object, hubspot: Twin
) -> None:
    api = hubspot.ours(version=version).api
    fixes.write(api, ANN_MERGED)
    assert fixes.read(api, again)["duplicate"] is None
    with pytest.raises(Refusal, match="one contact already"):
        fixes.write(api, again)
    assert hubspot.changes()[1:] == []


@pytest.mark.parametrize(
    ("status", "kind"), [pytest.param(400, Refusal, id="not-valid"), pytest.param(404, NotFound, id="not-found")]
)
@pytest.mark.parametrize(
    ("survivor", "duplicate"),
    [
        pytest.param(ANN, ANN, id="with-itself"),
        pytest.param(ANN, BEN, id="into-an-archived-one-that-is-the-duplicate"),
        pytest.param(BEN, ANN, id="an-archived-survivor"),
        pytest.param(ANN_THIRD, ANN_AGAIN, id="one-merged-away-since-it-was-looked-up"),
    ],
)
def test_what_can_no_longer_be_merged_when_it_is_sent_is_refused(
    status: int, kind: type[Refusal], survivor: str, duplicate: str, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(hubspot_merge_refused=status)
    api = hubspot.ours().api
    archive(hubspot, BEN)
    if duplicate == ANN_AGAIN:
        fixes.write(api, ANN_MERGED)
    before = applied(hubspot)
    with pytest.raises(Refusal) as refusal:
        api.merge_contacts(survivor, duplicate)
    assert isinstance(refusal.value, kind if survivor != duplicate else Refusal)
    assert applied(hubspot) == before


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("into", "merged", "changed"),
    [
        pytest.param(BEN, ANN_AGAIN, "duplicate", id="the-duplicate"),
        pytest.param(BEN, ANN, "email", id="the-survivor"),
    ],
)
def test_one_that_was_merged_into_a_third_since_it_was_compared_takes_no_third_along(
    version: str, into: str, merged: str, changed: str, hubspot: Twin
) -> None:
    api = hubspot.ours(version=version).api
    api.merge_contacts(into, merged)
    before = applied(hubspot)
    with pytest.raises(Refusal, match=rf"nothing was merged.*{changed}"):
        fixes.write(api, ANN_MERGED)
    assert applied(hubspot) == before


@pytest.mark.parametrize("gone", [ANN, ANN_AGAIN], ids=["the-survivor", "the-duplicate"])
def test_an_archived_contact_is_not_found_before_anything_is_sent(gone: str, hubspot: Twin) -> None:
    api = hubspot.ours().api
    archive(hubspot, gone)
    for act in (fixes.read, fixes.image, fixes.write):
        with pytest.raises(NotFound):
            act(api, ANN_MERGED)
    assert applied(hubspot) == ["archive"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fault", "merged"), [pytest.param("reset_after", True, id="done"), pytest.param("502", False, id="not-done")]
)
def test_a_merge_without_an_answer_is_sent_once_and_seen_by_reading(
    fault: str, merged: bool, version: str, hubspot: Twin
) -> None:
    api = hubspot.ours(version=version).api
    hubspot.trouble("POST .*/merge", fault)
    with pytest.raises(UnclearOutcome):
        fixes.write(api, ANN_MERGED)
    assert fixes.read(api, ANN_MERGED) == (ANN_MERGED.after if merged else ANN_MERGED.before)
    assert applied(hubspot) == ["merge"] * merged


@pytest.mark.parametrize("version", VERSIONS)
def test_every_id_of_a_chain_leads_to_the_last_record_and_is_written_through_it(version: str, hubspot: Twin) -> None:
    api = hubspot.ours(version=version).api
    fixes.write(api, ANN_MERGED)
    first = fixes.current(api, Ref("hubspot", "contact", ANN)).id
    fixes.write(api, merge(BEN, "ben@example.com", first, "ann@example.com"))
    last = fixes.current(api, Ref("hubspot", "contact", BEN))
    assert len({ANN, ANN_AGAIN, BEN, first, last.id}) == 5
    for id in (ANN, ANN_AGAIN, BEN, first, last.id):
        assert fixes.current(api, Ref("hubspot", "contact", id)) == last
        old, new = fixes.read(api, set_email(id, None, ""))["email"], f"p{id}@new.example"
        fixes.write(api, set_email(id, old, new))
        assert fixes.read(api, set_email(id, None, ""))["email"] == new
    assert set(api.contact(BEN)["properties"]["hs_merged_object_ids"].split(";")) == {ANN, ANN_AGAIN, BEN, first}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_full_contact_says_that_it_is_full_and_what_to_do(version: str, hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_merge_cap=1)
    api = hubspot.ours(version=version).api
    fixes.write(api, ANN_MERGED)
    with pytest.raises(Refusal, match=r"250 merges that it may\. Keep both contacts"):
        fixes.write(api, merge(ANN, "ann@example.com", BEN, "ben@example.com"))
    assert applied(hubspot) == ["merge"]
