"""Who changes a contact's first address hears what is left of the old one, and what of the others is gone."""

from __future__ import annotations

from typing import Any

import pytest

from include.model import Action
from include.platforms.hubspot import fixes
from tests.platforms.hubspot.wanted import add_email, fix, set_email
from tests.sandbox.people_world import ANN, BEN
from tests.sandbox.twin import OpenTwin

ANEW = set_email(ANN, "ann@example.com", "ann@new.example")
BENS = set_email(BEN, "ben@example.com", "ben@new.example")
BACK = set_email(BEN, "ben@example.com", "ben@old.example")
STAYS, LOST, MEMBER = "keeps the old address", "has lost {} of its additional addresses", "member_email"


@pytest.mark.parametrize("version", ["v3", "2026-09"])
@pytest.mark.parametrize(
    ("switches", "change", "says"),
    [
        pytest.param({}, ANEW, [], id="nothing"),
        pytest.param({}, BENS, [], id="others-that-stay"),
        pytest.param({"hubspot_old_email_stays": True}, ANEW, [STAYS], id="the-old-address"),
        pytest.param({}, BACK, [STAYS], id="the-old-address-swapped"),
        pytest.param({"hubspot_own_secondary": "drop"}, BACK, [], id="what-is-the-first-now-is-not-lost"),
        pytest.param({"hubspot_loses_others": True}, BENS, [LOST.format(2)], id="others-that-are-gone"),
        pytest.param({"hubspot_memberships": True}, ANEW, [MEMBER], id="what-members-sign-in-with"),
        pytest.param(
            {"hubspot_memberships": True, "hubspot_loses_others": True, "hubspot_old_email_stays": True},
            BENS,
            [STAYS, LOST.format(2), MEMBER],
            id="all-of-it",
        ),
        pytest.param(
            {"hubspot_old_email_stays": True},
            set_email(ANN, "ann@example.com", "Ann@Example.com"),
            [],
            id="another-case-of-the-same",
        ),
        pytest.param({"hubspot_memberships": True}, add_email(ANN, [], "ann@new.example"), [], id="one-that-is-added"),
    ],
)
def test_what_is_left_and_what_is_gone_is_told_without_an_address(
    switches: dict[str, Any], change: Any, says: list[str], version: str, hubspot_with: OpenTwin
) -> None:
    told = fixes.write(hubspot_with(**switches).ours(version=version).api, change)
    assert [part for part in (STAYS, LOST.format(2), MEMBER) if part in (told or "")] == says
    assert told is None if not says else told.count(f"hubspot:contact:{change.target.id}") == len(says)
    assert "@" not in (told or "")


def test_that_it_could_not_be_read_is_told_and_is_no_failure_of_the_change(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with()
    hubspot.trouble("POST .*/batch/read", "500", times=9)
    told = fixes.write(hubspot.ours().api, ANEW)
    assert told is not None
    assert "could not be read (Unreachable): look there" in told
    assert [effect for *_, effect in hubspot.changes()] == ["applied"]


def test_a_change_of_names_is_followed_by_no_look(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_memberships=True)
    names = {"first_name": "Ann", "last_name": "Lee"}, {"first_name": "Anna", "last_name": "Lee"}
    assert fixes.write(hubspot.ours().api, fix(ANN, Action.SET_NAME, *names)) is None
    assert hubspot.asked == 2
