"""What is too old goes, and nothing that anybody needs: the last good night, what is open, the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include import audit, undo
from include.apply import crowding
from include.errors import NotAllowed
from include.forgetting import ageing
from include.forgetting.__main__ import main
from include.model import FixState, Option
from include.settings import Settings
from include.settings import settings as settings_now
from include.store import findings, requests, schema, sent
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.store.cases import (
    NIGHT,
    NOW,
    a_finding,
    again,
    approved,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    merge,
    rows,
    set_email,
)
from tests.store.test_outbox import notice, put

TODAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=400)


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


def a_night(store: Snapshots, days_ago: int, *, good: bool = True) -> Snapshot:
    snapshot = store.begin((TODAY - timedelta(days=days_ago)).date().isoformat())
    for table in ("contacts", "orders"):
        (snapshot.folder / table).mkdir()
        (snapshot.folder / table / "manifest.json").write_text("{}")
    lane = snapshot.raw("hubspot").phase("full").lane("contacts")
    lane.write("contacts", b"[]", None, None)
    lane.finish()
    if good:
        snapshot.mark_filed()
    return snapshot


def left(store: Snapshots) -> dict[str, int]:
    """The attempts that are there, with how many pages each has."""
    return {one.name: len(list(one.folder.rglob("*.page"))) for one in store.all()}


def test_pages_go_after_a_week_and_nights_after_five(store):
    for days in (40, 36, 35, 8, 7, 1):
        a_night(store, days)
    assert ageing.forget_nights(store, Settings(), TODAY) == {"nights": 2, "pages": 2}
    assert left(store) == {"2026-10-26.1": 0, "2026-11-22.1": 0, "2026-11-23.1": 1, "2026-11-29.1": 1}
    assert not (store.root / "2026-10-25").exists()
    assert ageing.forget_nights(store, Settings(), TODAY) == {"nights": 0, "pages": 0}


def test_the_last_good_night_stays_whole_however_old_it_is(store):
    good = a_night(store, 90)
    a_night(store, 80, good=False)
    a_night(store, 100)
    assert ageing.forget_nights(store, Settings(), TODAY) == {"nights": 2, "pages": 0}
    assert left(store) == {good.name: 1}


def test_a_night_without_its_pages_is_whole_for_who_judges_it(store):
    a_night(store, 1)
    older = a_night(store, 20)
    ageing.forget_nights(store, Settings(), TODAY)
    assert left(store)[older.name] == 0
    assert (older.complete(), older.filed()) == (True, True)


def closed_long_ago(ledger) -> dict[str, str]:
    """Findings in every state, filed and decided on in the distant past."""
    settled = approved(ledger, Option("use the new one", (set_email(),)))
    ends(ledger, *fix_ids(settled), FixState.APPLIED, detail="As HubSpot says.")
    said = {
        name: a_finding(subject=f"hubspot:contact:{number}", others=())
        for number, name in enumerate(("gone", "open", "rejected", "deferred", "approved", "flying"), start=10)
    }
    unsure = a_finding(Option("merge", (merge(),)), rule="duplicate_contact", others=("hubspot:contact:2",))
    filed(ledger, a_finding(Option("use the new one", (set_email(),))), *said.values(), unsure)
    decide(ledger, again(ledger, said["rejected"]), "rejected", reason="Ann Lee says so.")
    decide(ledger, again(ledger, said["deferred"]), "deferred", until="2026-12-01")
    decide(ledger, again(ledger, said["approved"]))
    decide(ledger, again(ledger, said["flying"]))
    assert claim(ledger, fix_ids(again(ledger, said["flying"]))[0])
    by_hand(
        ledger,
        "UPDATE finding SET state = 'settled' WHERE state = 'open' AND subject = 'hubspot:contact:1' AND version = 2",
    )
    by_hand(ledger, f"UPDATE finding SET state = 'gone' WHERE id = '{again(ledger, said['gone']).id}'")
    by_hand(ledger, f"UPDATE finding SET state = 'gone' WHERE id = '{again(ledger, said['flying']).id}'")
    return {name: again(ledger, one).id for name, one in said.items()} | {"settled": settled.id}


def blank(ledger) -> set[str]:
    return {id for id, because in rows(ledger, schema.finding, "id", "because") if not because}


def test_only_what_was_closed_long_ago_and_is_seen_no_more_loses_its_words(ledger):
    ids = closed_long_ago(ledger)
    by_hand(ledger, "UPDATE finding SET changed_at = '2026-01-01 00:00:00+00:00'")
    assert ageing.forget_rows(ledger, Settings(), NOW + timedelta(days=100))["findings"] == 0
    found = ageing.forget_rows(ledger, Settings(), LATER)
    assert blank(ledger) == {ids["gone"], ids["rejected"], ids["settled"]}
    assert found["findings"] == 3
    assert ageing.forget_rows(ledger, Settings(), LATER)["findings"] == 0


def test_what_is_forgotten_leaves_no_word_of_anybody_and_a_line_in_the_audit(ledger):
    row = approved(ledger, Option("use new@b.example", (set_email(),)))
    ends(ledger, *fix_ids(row), FixState.APPLIED, detail="As HubSpot says.", notices=[notice("told")])
    put(ledger, notice("waits"))
    by_hand(ledger, "UPDATE notice SET state = 'sent' WHERE id = 1")
    (one,) = requests.add(ledger, [{"client": "Ann Lee", "new_address": "x@b.example"}], "carl", NOW)
    requests.move(ledger, one, [requests.WAITING], requests.WITHDRAWN, by="carl")
    by_hand(ledger, "UPDATE finding SET changed_at = '2026-01-01 00:00:00+00:00'")
    assert ageing.forget_rows(ledger, Settings(), LATER) == {"findings": 1, "notices": 1, "requests": 1}
    (waiting,) = (text for text, state in rows(ledger, schema.notice, "text", "state") if state == "waiting")
    assert waiting != ""
    words = str([rows(ledger, table) for table in schema.metadata.sorted_tables if table is not schema.notice])
    assert [word for word in ("b.example", "a.example", "Ann Lee", "As HubSpot") if word in words] == []
    told = audit.checked(ledger).problems
    assert told == ["The notice <told@rollcall.example> is sent; by the audit it is waiting."]  # ours, by hand
    assert findings.get(ledger, row.id).state == "settled"


def test_a_rejection_whose_words_were_forgotten_holds_for_the_same_evidence_and_no_other(ledger):
    row = filed(ledger, a_finding())
    decide(ledger, row, "rejected", reason="Two people.")
    by_hand(ledger, "UPDATE finding SET changed_at = '2026-01-01 00:00:00+00:00'")
    ageing.forget_rows(ledger, Settings(), LATER)
    same = filed(ledger, a_finding(), night="2027-12-01")
    assert (same.state, same.version) == ("rejected", 1)
    other = filed(ledger, a_finding(says="The names are equal."), night="2027-12-02")
    assert (other.state, other.version, len(other.because)) == ("open", 2, 1)
    assert audit.checked(ledger).problems == []


def test_what_is_too_old_is_counted_before_it_goes(ledger, store):
    filed(ledger, a_finding())
    decide(ledger, again(ledger, a_finding()), "rejected", reason="Two people.")
    by_hand(ledger, "UPDATE finding SET changed_at = '2026-01-01 00:00:00+00:00'")
    for days in (500, 499, 10):
        a_night(store, days)
    before = rows(ledger, schema.finding)
    assert ageing.count(ledger, store, Settings(), LATER) == {
        "pages": 2, "nights": 2, "findings": 1, "notices": 0, "requests": 0,
    }  # fmt: skip
    assert (rows(ledger, schema.finding), len(left(store))) == (before, 3)


def test_the_command_counts_forgets_and_takes_an_address_from_its_input_alone(
    ledger, ledger_url, store, monkeypatch, capsys, tmp_path
):
    monkeypatch.setenv("ROLLCALL_LEDGER", ledger_url)
    monkeypatch.setenv("ROLLCALL_DATA", str(tmp_path))
    settings_now.cache_clear()
    filed(ledger, a_finding(Option("use it", (set_email(email="ann@b.example"),))), night=NIGHT)
    a_night(store, 500)
    a_night(store, 0)
    assert (main(["--count"]), capsys.readouterr().out[:40]) == (0, "Too old: 1 pages, 1 nights, 0 findings, ")
    assert (main([]), capsys.readouterr().out[:30]) == (0, "Forgotten: 1 nights, 0 pages, ")
    monkeypatch.setattr("sys.stdin", open_input("ann@b.example\n"))
    assert (main(["--person"]), capsys.readouterr().out[:30]) == (0, "Erased: 0 records, 1 findings,")
    monkeypatch.setattr("sys.stdin", open_input("nobody\n"))
    assert main(["--person"]) == 1
    with pytest.raises(SystemExit):
        main(["--person", "ann@b.example"])
    settings_now.cache_clear()


def open_input(text: str):
    import io

    return io.StringIO(text)


def test_what_was_applied_and_forgotten_cannot_be_undone_and_crowds_nobody(ledger):
    row = approved(ledger, Option("use the new one", (set_email(),)))
    ends(ledger, *fix_ids(row), FixState.APPLIED)
    by_hand(ledger, "UPDATE finding SET changed_at = '2026-01-01 00:00:00+00:00'")
    ageing.forget_rows(ledger, Settings(), LATER)
    before = sent.since(ledger, NOW - timedelta(days=1))
    assert len(before) == 1
    move = crowding.Move("another", set_email())
    assert crowding.crowded([move], before, Settings(cap_same_address=1)) == crowding.Crowded()
    with pytest.raises(NotAllowed, match="forgotten"):
        undo.propose(ledger, row.id, "ann", "It was wrong.")
