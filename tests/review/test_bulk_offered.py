"""Which findings a list offers to approve together, and which are opened one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from include.store.schema import finding
from tests.review.page import Reader, app_over
from tests.review.test_bulk import ask, decided, equals, listed, one_of
from tests.store.cases import filed


def test_what_is_listed_says_what_a_decision_on_many_is_bound_to(ann, sqlite_ledger):
    row = filed(sqlite_ledger, one_of(1))
    (told,) = ann.get("/api/findings").json()["findings"]
    assert (told["id"], told["version"], told["shape"], told["bulk"]) == (row.id, 1, row.shape, row.options[0].hash)
    assert f'data-bulk="{row.options[0].hash}"' in ann.get("/").text


@pytest.mark.parametrize("rule", ["requested_email_change", "undo"])
def test_what_somebody_asked_for_is_approved_by_nobody_who_did_not_open_it(ledger, rule):
    row = filed(ledger, replace(one_of(1), rule=rule))
    bob = Reader(app_over(ledger), "bob")
    (told,) = bob.ask("GET", f"/api/findings?rule={rule}").json()["findings"]
    assert told["bulk"] is None
    answer = ask(bob, [listed(row)])
    assert (answer.status_code, decided(ledger)) == (422, [])
    assert "one by one" in answer.text
    assert ask(bob, [listed(row, None)], "rejected", reason="no").json()["took"] == 1


@pytest.mark.parametrize("shapeless", [1, 2], ids=["one-of-them", "both"])
@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_what_nobody_has_compared_is_equal_to_nothing(ann, sqlite_ledger, shapeless, verdict):
    told = equals(sqlite_ledger, 2)
    with sqlite_ledger.write() as connection:
        wanted = [row.id for row in told[:shapeless]]
        connection.execute(sa.update(finding).where(finding.c.id.in_(wanted)).values(shape=""))
    assert ann.get("/").text.count('data-shape=""') == shapeless
    answer = ask(ann, [listed(row) for row in told], verdict, reason="so")
    assert (answer.status_code, decided(sqlite_ledger)) == (422, [])
    assert "not equal" in answer.text
    assert ask(ann, [listed(told[0])], verdict, reason="so").json()["took"] == 1
