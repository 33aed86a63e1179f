"""Sub-contacts that have the old address too: named, and changed last of all where the client agreed to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from include.model import Ref
from include.planning.draft import to_read
from tests.apply.cases import receipts_of
from tests.planning.desk import NEW, SupportDesk, written
from tests.sandbox.hosting_world import Stack, hosting_world, served

CONTACT, OLD = "whmcs:contact:41", "ann@example.com"


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Ann's client has two sub-contacts, one of which has her own address."""
    world = hosting_world()
    ann = next(one for one in world.accounts if one.ref == "whmcs:client:11")
    ann.extra["contacts"] = [{"id": "41", "email": OLD}, {"id": "42", "email": "books@example.com"}]
    with served(world) as running:
        yield running


def address(stack: Stack) -> Any:
    whmcs = stack.platform("whmcs")
    return whmcs.fixes.read(whmcs.api, to_read(Ref.parse(CONTACT), OLD, NEW))["email"]


def said(desk: SupportDesk, id: int) -> str:
    (one,) = (one["says"] for one in desk.finding(id).because if one["evidence"] == "sub_contact")
    return str(one)


def test_without_the_client_s_word_a_sub_contact_is_named_and_stays(desk: SupportDesk, stack: Stack) -> None:
    row = desk.done(contacts=False)
    assert "Sub-contact 41 of the client has the old address too" in said(desk, row.id)
    assert "it stays as it is" in said(desk, row.id)
    assert (address(stack), row.finding_state) == (OLD, "settled")


def test_with_it_a_sub_contact_is_changed_last(desk: SupportDesk, stack: Stack) -> None:
    row = desk.done(contacts=True)
    assert "the client agreed" in said(desk, row.id)
    assert written(stack)[-1] == CONTACT
    assert "whmcs:contact:42" not in written(stack)
    assert (address(stack), row.finding_state) == (NEW, "settled")


def test_a_sub_contact_that_whmcs_refuses_keeps_nothing_else_from_being_done(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned(contacts=True)
    desk.approve(row.id)
    stack.desk.switches["whmcs_contact_duplicates"] = "everyone"  # two may not share one address, says WHMCS
    stack.ask("UpdateContact", contactid=42, email="later@example.com")
    desk.apply()
    assert CONTACT not in written(stack)
    assert "whois:domain:33" in written(stack)
    assert receipts_of(desk.ledger)[-1][0] == "refused"
    assert desk.row(row.id).finding_state == "open"
