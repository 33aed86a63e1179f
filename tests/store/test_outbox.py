"""The outbox: each message is written once, one worker sends it at a time, and none is lost."""

from __future__ import annotations

import pytest

from include.model import Notice
from include.store import audit, outbox, schema
from tests.store.cases import NOW, THREADS, a_finding, after, at_once, filed, rows
from tests.store.test_findings import STRANGE

LEASE = 60.0


def notice(name="one", **said):
    given = {"recipient": "ann@a.example", "subject": "Your address", "text": "It changed."} | said
    return Notice(f"<{name}@rollcall.example>", **given)


def put(ledger, *told, now=NOW):
    with ledger.write() as connection:
        return [outbox.put(connection, one, now) for one in told]


def take(ledger, worker="worker", now=NOW):
    return outbox.take(ledger, worker, now, LEASE)


def kinds(ledger):
    return [kind for (kind,) in rows(ledger, schema.audit, "kind")]


def test_a_message_is_taken_as_it_was_put(ledger):
    row = filed(ledger, a_finding())
    whole = notice(html="<p>It changed.</p>", about=row.id, headers={"Auto-Submitted": "auto-generated"})
    assert put(ledger, whole) == [True]
    assert take(ledger) == outbox.Waiting(1, whole, 0)


@pytest.mark.parametrize("told", STRANGE.values(), ids=STRANGE)
def test_every_character_of_a_message_survives(ledger, told):
    strange = notice(recipient=told, subject=told, text=told, html=told, headers={told: told})
    put(ledger, strange)
    assert take(ledger).notice == strange


def test_a_message_id_is_put_once(ledger):
    assert put(ledger, notice(), notice(text="Other words."), notice("two")) == [True, False, True]
    assert put(ledger, notice()) == [False]
    assert outbox.counts(ledger) == {"waiting": 2}
    assert take(ledger).notice.text == "It changed."
    assert kinds(ledger) == ["notice", "notice"]


def test_a_message_put_many_times_at_once_is_put_once(ledger):
    answers = [answer for (answer,) in at_once(lambda _: put(ledger, notice()))]
    assert (answers.count(True), outbox.counts(ledger)) == (1, {"waiting": 1})


def test_the_audit_holds_no_word_of_a_message(ledger):
    put(ledger, notice())
    said = notice()
    told = {name: getattr(said, name) for name in outbox.SAID} | {"pictures": None}
    body = {"about": None, "message_id": "<one@rollcall.example>", "content": outbox.content(told)}
    assert rows(ledger, schema.audit, "body") == [(body,)]


def test_messages_are_taken_in_turn_and_each_by_one_worker(ledger):
    put(ledger, notice("late"), now=after(10))
    put(ledger, notice("first"), notice("second"))
    put(ledger, notice("to-come"), now=after(11))
    taken = [take(ledger, now=after(10)) for _ in range(4)]
    assert [one and one.notice.message_id.split("@")[0] for one in taken] == ["<first", "<second", "<late", None]


def test_of_many_workers_at_once_each_takes_another_message(ledger):
    put(ledger, *(notice(f"number-{number}") for number in range(THREADS - 5)))
    taken = [one.id for one in at_once(lambda index: take(ledger, f"worker {index}")) if one]
    assert sorted(taken) == list(range(1, THREADS - 4))


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [pytest.param(LEASE - 1, False, id="leased"), pytest.param(LEASE, True, id="the-lease-ran-out")],
)
def test_a_message_whose_worker_died_is_taken_again(ledger, seconds, taken):
    put(ledger, notice())
    take(ledger, "died")
    assert (take(ledger, now=after(seconds)) is not None) is taken


@pytest.mark.parametrize(
    ("act", "state", "told"),
    [
        pytest.param(
            lambda ledger, worker: outbox.delivered(ledger, 1, worker, after(1)),
            ("sent", 0, after(1), None),
            ["notice sent"],
            id="delivered",
        ),
        pytest.param(
            lambda ledger, worker: outbox.refused(ledger, 1, worker, "550", after(1)),
            ("refused", 0, None, "550"),
            ["notice refused"],
            id="refused",
        ),
        pytest.param(
            lambda ledger, worker: outbox.put_off(ledger, 1, worker, "421", after(3600)),
            ("waiting", 1, None, "421"),
            [],
            id="put-off",
        ),
    ],
)
def test_what_became_of_a_message_is_told_once_by_the_worker_that_holds_it(ledger, act, state, told):
    put(ledger, notice(), notice("another"))
    assert not act(ledger, "worker")
    take(ledger)
    take(ledger)
    assert not act(ledger, "another")
    assert act(ledger, "worker")
    assert not act(ledger, "worker")
    assert rows(ledger, schema.notice, "state", "tries", "sent_at", "problem") == [state, ("waiting", 0, None, None)]
    assert rows(ledger, schema.notice, "lease_owner") == [(None,), ("worker",)]
    closed = [(kind, {"message_id": notice().message_id, "problem": state[3]}) for kind in told]
    assert rows(ledger, schema.audit, "kind", "body")[2:] == closed
    assert audit.verify(ledger) is None


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda ledger: outbox.delivered(ledger, 1, "slow", NOW), id="delivered"),
        pytest.param(lambda ledger: outbox.refused(ledger, 1, "slow", "550", NOW), id="refused"),
        pytest.param(lambda ledger: outbox.put_off(ledger, 1, "slow", "421", NOW), id="put-off"),
    ],
)
def test_a_worker_that_lost_a_message_changes_nothing(ledger, act):
    put(ledger, notice())
    take(ledger, "slow")
    take(ledger, "quick", after(LEASE))
    before = rows(ledger, schema.notice)
    assert not act(ledger)
    assert rows(ledger, schema.notice) == before


def test_what_is_sent_or_refused_is_taken_no_more(ledger):
    put(ledger, notice("sent"), notice("refused"), notice("waits"))
    outbox.delivered(ledger, take(ledger).id, "worker", NOW)
    outbox.refused(ledger, take(ledger).id, "worker", "550", NOW)
    assert [take(ledger, now=after(3600)).id, take(ledger, now=after(3600))] == [3, None]
    assert outbox.counts(ledger) == {"sent": 1, "refused": 1, "waiting": 1}


def test_what_was_put_off_is_taken_when_its_time_comes(ledger):
    put(ledger, notice())
    for tries in range(3):
        now = after(3600 * tries)
        assert take(ledger, now=now).tries == tries
        assert outbox.put_off(ledger, 1, "worker", "421", after(3600 * (tries + 1)))
        assert take(ledger, now=after(3600 * tries + LEASE)) is None
    take(ledger, now=after(3600 * 3))
    outbox.delivered(ledger, 1, "worker", NOW)
    assert rows(ledger, schema.notice, "state", "tries", "problem") == [("sent", 3, None)]
