"""What was put off comes back to the page on its day, be it that no night finds it: requests, and undos."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from include import planning, undo
from include.audit import checked
from include.review import deciding
from include.store import findings
from include.store.findings import FindingRow
from include.store.schema import notice
from tests.planning.desk import SETTINGS, SupportDesk

NOW = datetime.now(UTC)
DAYS = 3


def requested(desk: SupportDesk) -> str:
    return str(desk.planned().finding_id)


def undone(desk: SupportDesk) -> str:
    return undo.propose(desk.ledger, str(desk.done().finding_id), "ann support", "the wrong Ann")


def row(desk: SupportDesk, id: str) -> FindingRow:
    found = findings.get(desk.ledger, id)
    assert found is not None
    return found


def put_off(desk: SupportDesk, id: str) -> None:
    until = (NOW + timedelta(days=DAYS)).date().isoformat()
    said = {"reviewer": "bob", "version": row(desk, id).version, "until": until}
    assert deciding.decide(desk.ledger, id, verdict="deferred", **said) == "deferred"


def told(desk: SupportDesk, id: str) -> list[tuple[str, str]]:
    back = sa.select(notice.c.recipient, notice.c.text).where(notice.c.message_id.like(f"<{id}.%.back@%"))
    with desk.ledger.read() as connection:
        return [(one.recipient, one.text) for one in connection.execute(back)]


def back(desk: SupportDesk, days: int) -> int:
    return planning.bring_back(desk.ledger, SETTINGS, NOW + timedelta(days=days))


@pytest.mark.parametrize("file", [requested, undone], ids=["a-request", "an-undo"])
def test_what_was_put_off_is_back_on_its_day_once_with_word_to_the_reviewers(desk: SupportDesk, file) -> None:
    id = file(desk)
    put_off(desk, id)
    assert (back(desk, DAYS - 1), row(desk, id).state, told(desk, id)) == (0, "deferred", [])
    assert (back(desk, DAYS), back(desk, DAYS)) == (1, 0)
    again = row(desk, id)
    assert (again.state, again.version) == ("open", 2)
    ((whom, says),) = told(desk, id)
    assert whom == SETTINGS.reviewers_mail
    assert f"findings/{id}" in says
    said = {"reviewer": "bob", "version": 2, "reason": "not so"}
    assert deciding.decide(desk.ledger, id, verdict="rejected", **said) == "rejected"
    assert checked(desk.ledger).problems == []


def test_what_was_put_off_twice_rings_twice(desk: SupportDesk) -> None:
    id = requested(desk)
    for _ in range(2):
        put_off(desk, id)
        assert back(desk, DAYS) == 1
    assert len(told(desk, id)) == 2
