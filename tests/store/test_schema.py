"""What the ledger's columns do to values: moments keep their instant, JSON stays as it was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from include.store import schema
from tests.store.cases import NOW, rows

EAST, WEST = timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-8))


def put(ledger, at=NOW, **asked):
    with ledger.write() as connection:
        connection.execute(sa.insert(schema.request).values(requester="ann", asked=asked, at=at))


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOW, id="utc"),
        pytest.param(datetime(2026, 11, 1, 3, 15, tzinfo=EAST), id="east"),
        pytest.param(datetime(2026, 10, 31, 23, 0, 0, 1, tzinfo=WEST), id="west-with-a-microsecond"),
    ],
)
def test_a_moment_comes_back_as_the_same_instant_in_utc(ledger, at):
    put(ledger, at)
    ((back,),) = rows(ledger, schema.request, "at")
    assert (back, back.tzinfo) == (at, UTC)


def test_moments_of_different_zones_are_compared_as_instants(ledger):
    early, late = datetime(2026, 11, 1, 9, tzinfo=EAST), datetime(2026, 11, 1, 2, tzinfo=WEST)
    put(ledger, early)
    put(ledger, late)
    with ledger.read() as connection:
        wanted = sa.select(schema.request.c.id).where(schema.request.c.at > datetime(2026, 11, 1, 9, tzinfo=UTC))
        assert list(connection.execute(wanted).scalars()) == [2]


def test_a_moment_without_a_zone_is_refused(ledger):
    with pytest.raises(sa.exc.StatementError, match="a time without a zone"):
        put(ledger, datetime(2026, 11, 1))
    assert rows(ledger, schema.request) == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"a": None, "b": True, "c": [], "d": {}}, id="every-kind"),
        pytest.param({"z": 1, "a": {"z": 1, "a": 2}}, id="names-in-no-order"),
        pytest.param({"a": 10**30, "b": 0.1, "c": 1e300, "d": -0.0}, id="numbers"),
    ],
)
def test_json_comes_back_as_it_was_given(ledger, asked):
    put(ledger, **asked)
    assert rows(ledger, schema.request, "asked") == [(asked,)]


def test_a_number_that_json_has_no_word_for_is_refused(ledger):
    with pytest.raises(sa.exc.StatementError, match="not JSON compliant"):
        put(ledger, a=float("inf"))
    assert rows(ledger, schema.request) == []


def test_what_points_to_nothing_is_refused(ledger):
    values = {"finding_id": "no finding", "version": 1, "verdict": "rejected", "reviewer": "ann", "at": NOW}
    with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
        connection.execute(sa.insert(schema.decision).values(values))
