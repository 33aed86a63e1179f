"""Merges: two people, both records kept as they were, the new name followed, and never one merge twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from include.model import Action, Fix, Ref
from include.store import fixes, leases
from include.store.schema import decision, fix
from tests.apply.cases import SETTINGS, Worker, approved, email_fix, receipts_of, state_of


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def merges(sandbox, number: int) -> list[Fix]:
    """One contact that swallows `number` others, one after the other."""
    survivor, *others = [one for one in sandbox.world.of("hubspot", "contact") if one.email][: number + 1]
    return [
        Fix(
            Ref.parse(survivor.ref),
            Action.MERGE,
            {"duplicate": one.ref, "email": survivor.email, "duplicate_email": one.email},
            {"duplicate": None, "email": survivor.email, "duplicate_email": None},
        )
        for one in others
    ]


def wrote(sandbox) -> int:
    return len([write for write in sandbox.writes() if write["action"] == "merge"])


def test_two_people_merge_two_contacts_and_the_new_name_is_followed(worker, sandbox, ledger):
    (merge,) = merges(sandbox, 1)
    id = approved(ledger, merge, by=("ada", "grace"))
    assert worker.apply() == {"applied": 1}
    assert wrote(sandbox) == 1
    assert state_of(ledger, id) == ("settled", 1)
    platform = sandbox.open("hubspot")
    now = str(platform.fixes.current(platform.api, merge.target))
    assert fixes.aliases(ledger) == {old: now for old in (str(merge.target), merge.before["duplicate"]) if old != now}


def test_one_person_alone_merges_nothing(worker, sandbox, ledger):
    (merge,) = merges(sandbox, 1)
    id = approved(ledger, merge, by=("ada",))
    assert worker.apply() == {}
    with ledger.write() as connection:  # and not by forging the state either
        connection.execute(sa.text("UPDATE finding SET state = 'approved'"))
    approved(ledger, email_fix(sandbox, "shopify", "customer"), number=2)
    assert worker.apply() == {"applied": 1}
    assert (wrote(sandbox), state_of(ledger, id)) == (0, ("open", 2))
    assert "needs the approval of 2 people and has that of 1" in str(receipts_of(ledger)[0][1])


def test_the_same_person_under_another_case_is_no_second_one(worker, sandbox, ledger):
    (merge,) = merges(sandbox, 1)
    approved(ledger, merge, by=("ada",))
    with ledger.write() as connection:
        said = connection.execute(sa.select(decision)).one()._asdict()
        connection.execute(sa.insert(decision).values(**{**said, "id": said["id"] + 1, "reviewer": " ADA"}))
        connection.execute(sa.text("UPDATE finding SET state = 'approved'"))
    assert worker.apply() == {}
    assert wrote(sandbox) == 0


def test_a_chain_of_three_merges_once_each_though_ids_change_on_the_way(worker, sandbox, ledger):
    chain = merges(sandbox, 3)
    id = approved(ledger, *chain, by=("ada", "grace"))
    assert worker.apply() == {"applied": 3}
    assert wrote(sandbox) == 3
    assert state_of(ledger, id) == ("settled", 1)
    platform = sandbox.open("hubspot")
    ends = {str(platform.fixes.current(platform.api, Ref.parse(one.before["duplicate"]))) for one in chain}
    ends.add(str(platform.fixes.current(platform.api, chain[0].target)))
    assert len(ends) == 1
    assert set(fixes.aliases(ledger).values()) == ends


@pytest.mark.parametrize("dies_at", [0, 1, 2])
def test_a_chain_goes_on_where_a_worker_died_after_a_merge(worker, sandbox, ledger, dies_at):
    chain = merges(sandbox, 3)
    id = approved(ledger, *chain, by=("ada", "grace"))
    platform = sandbox.open("hubspot")
    (option,) = fixes.approved(ledger)
    for position, (kept, merge) in enumerate(zip(option.fixes, chain, strict=True)):
        if position > dies_at:
            break
        leases.claim(ledger, kept.id, "dead", worker.clock.now(), SETTINGS.lease_seconds)
        image = platform.fixes.image(platform.api, merge)
        leases.send(ledger, kept.id, "dead", worker.clock.now, SETTINGS.lease_seconds, 30, image)
        platform.fixes.write(platform.api, merge)
        if position < dies_at:  # this one it still saw
            worker.clock.moment += timedelta(seconds=SETTINGS.lease_seconds + 1)
            worker.verify()
    worker.clock.moment += timedelta(seconds=SETTINGS.lease_seconds + 1)
    worker.apply()
    assert wrote(sandbox) == 3
    assert state_of(ledger, id) == ("settled", 1)
    assert {outcome for outcome, _ in receipts_of(ledger)} == {"applied"}


def test_a_duplicate_that_somebody_else_merged_away_is_not_merged_here(worker, sandbox, ledger):
    first, second = merges(sandbox, 2)
    id = approved(ledger, first, by=("ada", "grace"))
    other, gone = Ref.parse(second.before["duplicate"]), Ref.parse(first.before["duplicate"])
    sandbox.open("hubspot").api.merge_contacts(other.id, gone.id)
    assert worker.apply() == {"stale": 1}
    assert wrote(sandbox) == 1
    assert state_of(ledger, id) == ("open", 2)


def test_both_contacts_are_kept_whole_as_they_were(worker, sandbox, ledger):
    (merge,) = merges(sandbox, 1)
    approved(ledger, merge, by=("ada", "grace"))
    worker.apply()
    with ledger.read() as connection:
        image = connection.execute(sa.select(fix.c.image)).scalar_one()
    assert set(image) == {str(merge.target), merge.before["duplicate"]}
    assert image[merge.before["duplicate"]]["email"] == merge.before["duplicate_email"]
