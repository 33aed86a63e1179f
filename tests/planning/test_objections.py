"""A client objects: nothing of its records is written, whoever approved it, until a reviewer lifts that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from include.audit import checked
from include.errors import AlreadyDecided, NotAllowed, NotReviewer, Objected
from include.settings import settings
from include.store import objections
from tests.apply.cases import Clock, Worker, receipts_of
from tests.planning.desk import SupportDesk, approved, written
from tests.sandbox.hosting_world import Stack


@pytest.fixture(autouse=True)
def fresh_settings() -> Any:
    settings.cache_clear()
    yield
    settings.cache_clear()


def object_to(desk: SupportDesk, id: int, by: str = "sam") -> str:
    finding = str(desk.row(id).finding_id)
    objections.record(desk.ledger, finding, by, "She called: it was not her.", datetime.now(UTC))
    return finding


def test_an_objection_freezes_and_a_reviewer_lifts_it(desk: SupportDesk, stack: Stack) -> None:
    id = approved(desk)
    finding = object_to(desk, id)
    assert desk.apply() == {"objected": 7}
    assert (written(stack), desk.row(id).finding_state) == ([], "approved")
    with pytest.raises(AlreadyDecided):
        object_to(desk, id)
    objections.lift(desk.ledger, finding, "bob", "It was her after all.", datetime.now(UTC))
    with pytest.raises(AlreadyDecided):
        objections.lift(desk.ledger, finding, "bob", "Again.", datetime.now(UTC))
    assert desk.apply()["applied"] == 6
    assert checked(desk.ledger).problems == []


def test_who_asked_for_the_change_cannot_lift_the_objection(desk: SupportDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = object_to(desk, approved(desk, by="Sam"))
    for name in ("Sam", " sam "):
        with pytest.raises(NotAllowed, match="another person must lift"):
            objections.lift(desk.ledger, finding, name, "It is all right.", datetime.now(UTC))
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "bob")
    settings.cache_clear()
    with pytest.raises(NotReviewer):
        objections.lift(desk.ledger, finding, "eve", "It is all right.", datetime.now(UTC))
    assert desk.apply() == {"objected": 7}


def test_an_objection_freezes_what_other_findings_would_change_of_the_client(desk: SupportDesk, stack: Stack) -> None:
    """Client 13 has the same owner's login; client 12 has nothing to do with them."""
    first = approved(desk)
    other = desk.planned(client="13", new_address="ann@third.example", cpanel=False, domains=[], by="dan")
    bob = approved(desk, client="12", new_address="bob@new.example", cpanel=False, domains=[])
    object_to(desk, first)
    with pytest.raises(Objected, match="nothing of these records is approved"):
        desk.approve(other.id)
    desk.apply()
    assert set(written(stack)) == {"whmcs:login:6", "whmcs:client:12"}
    assert desk.row(bob).finding_state == "settled"


class Hears(Clock):
    """A worker's watch; at a look, a client objects."""

    def __init__(self, desk: SupportDesk, finding: str, *, nows: int = -1, glances: int = -1) -> None:
        super().__init__(datetime.now(UTC) + timedelta(hours=25))
        self.desk, self.finding, self.nows, self.glances = desk, finding, nows, glances

    def now(self) -> datetime:
        self.nows -= 1
        if self.nows == 0:
            self.hear()
        return super().now()

    def seconds(self) -> float:
        self.glances -= 1
        if self.glances == 0:
            self.hear()
        return super().seconds()

    def hear(self) -> None:
        objections.record(self.desk.ledger, self.finding, "sam", "Not me.", datetime.now(UTC))


@pytest.mark.parametrize(
    "when",
    [
        pytest.param({"nows": 3}, id="before-it-is-claimed"),
        pytest.param({"glances": 1}, id="before-it-is-noted-as-sent"),
        pytest.param({"glances": 2}, id="right-before-the-first-byte"),
    ],
)
def test_an_objection_is_heeded_up_to_the_first_byte(desk: SupportDesk, stack: Stack, when: dict[str, int]) -> None:
    id = approved(desk)
    clock = Hears(desk, str(desk.row(id).finding_id), **when)
    worker = Worker(desk.ledger, SimpleNamespace(open=desk.open), clock)  # type: ignore[arg-type]
    assert worker.apply() == {}
    assert (written(stack), receipts_of(desk.ledger)) == ([], [])
    objections.lift(desk.ledger, clock.finding, "bob", "It was her.", datetime.now(UTC))
    assert worker.apply()["applied"] == 6  # nothing was left half-claimed
