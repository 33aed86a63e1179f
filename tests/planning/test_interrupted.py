"""A procedure that has to wait half-way: both addresses hear at once of what took, and of all of it at its end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from include.errors import TryLater
from include.store.schema import notice
from tests.planning.desk import NEW, SupportDesk
from tests.sandbox.hosting_world import Stack

OLD = "ann@example.com"


def told(desk: SupportDesk) -> list[tuple[str, bool, bool]]:
    """Who was told of what was done, and whether of the login and of the hosting."""
    with desk.ledger.read() as connection:
        rows = connection.execute(sa.select(notice).order_by(notice.c.id)).all()
    mine = [row for row in rows if row.recipient in {OLD, NEW} and "coming" not in row.message_id]
    return [(row.recipient, "Sign-in" in row.text, "Web hosting" in row.text) for row in mine]


def test_who_reads_the_old_address_hears_of_the_login_while_the_server_is_away(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned()
    desk.approve(row.id)
    stack.arm("503", ".*", platform="whm", times=1000)
    for _ in range(3):
        attempt(desk)
    assert told(desk) == [(OLD, True, False), (NEW, True, False)]
    stack.faults.arm([])
    desk.apply()
    assert desk.row(row.id).finding_state == "settled"
    assert told(desk)[2:] == [(OLD, True, True), (NEW, True, True)]
    assert len(told(desk)) == 4


def test_a_procedure_that_goes_through_is_told_once(desk: SupportDesk) -> None:
    desk.done()
    assert [who for who, _, _ in told(desk)] == [OLD, NEW]


def attempt(desk: SupportDesk) -> Any:
    """A run of the apply DAG, which ends with the platform that was away."""
    try:
        return desk.apply()
    except TryLater as away:
        return away
