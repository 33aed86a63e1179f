"""Under v3 and under a dated version the same change goes out, by that version's own paths and no other's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from include.errors import Refusal
from include.model import Action, Fix
from include.platforms.hubspot import fixes
from tests.platforms.hubspot.test_fixes import CHANGES
from tests.platforms.hubspot.wanted import add_email, fix, set_email
from tests.sandbox.people_world import ANN
from tests.sandbox.twin import OpenTwin, Twin

NAMES = fix(ANN, Action.SET_NAME, {"first_name": "Ann", "last_name": "Lee"}, {"first_name": "Anna", "last_name": "Lee"})
PATHS = {
    "v3": r"/crm/(v3/(objects|properties)|v4/objects)/.*",
    "2026-03": r"/crm/(objects|properties)/2026-03/.*",
    "2026-09": r"/crm/(objects|properties)/2026-09/.*",
}
V1 = r"/contacts/v1/secondary-email/.*"  # has no dated form


def asked(twin: Twin) -> list[str]:
    """The paths that reach a twin from now on."""
    paths: list[str] = []
    app = twin.faults.app

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        paths.append(scope["path"].removeprefix("/hubspot"))
        await app(scope, receive, send)

    twin.faults.app = listening
    return paths


@pytest.mark.parametrize("version", PATHS)
@pytest.mark.parametrize(("change", "moved"), CHANGES)
def test_a_version_is_used_for_every_request_of_a_change(version: str, change: Fix, moved: dict, hubspot: Twin) -> None:
    api, paths = hubspot.ours(version=version).api, asked(hubspot)
    for act in (fixes.read, fixes.image, fixes.write):
        act(api, change)
    own = f"{PATHS[version]}|{V1}" if change.action is Action.ADD_EMAIL else PATHS[version]
    assert [path for path in paths if not re.fullmatch(own, path)] == []
    assert len(hubspot.changes()) == 1


@pytest.mark.parametrize("form", ["value", "errors", "context"])
@pytest.mark.parametrize("change", [set_email(ANN, "ann@example.com", "a@new.example"), NAMES], ids=["email", "name"])
def test_the_accounts_own_rules_are_told_by_the_property_they_want(
    form: str, change: Fix, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(hubspot_required=["jobtitle"], hubspot_required_form=form)
    with pytest.raises(Refusal, match="requires jobtitle to be filled in") as refusal:
        fixes.write(hubspot.ours(version="2026-09").api, change)
    assert "approve this again" in str(refusal.value)
    assert [effect for *_, effect in hubspot.changes()] == ["refused"]


def test_the_accounts_own_rules_are_not_got_round_by_the_other_way_to_add_an_address(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_required=["jobtitle"], hubspot_additional_emails_writable=True)
    with pytest.raises(Refusal, match="jobtitle"):
        fixes.write(hubspot.ours(version="2026-09").api, add_email(ANN, [], "ann@new.example"))
    assert [effect for *_, effect in hubspot.changes()] == ["refused"]


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_older_versions_do_not_know_the_accounts_own_rules(version: str, hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_required=["jobtitle"])
    fixes.write(hubspot.ours(version=version).api, NAMES)
    assert [effect for *_, effect in hubspot.changes()] == ["applied"]
