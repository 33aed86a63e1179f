"""The command: it says in words what holds and what does not, and its exit code says it again."""

from __future__ import annotations

import pytest

from include.audit import __main__, heads
from include.settings import settings
from include.store import audit
from tests.store.cases import by_hand, was_approved


@pytest.fixture
def run(ledger, ledger_url, tmp_path, monkeypatch, capsys):
    """Run the command on a ledger in which something was approved: its code, and what it says."""
    monkeypatch.setenv("ROLLCALL_LEDGER", ledger_url)
    monkeypatch.setenv("ROLLCALL_DATA", str(tmp_path))
    settings.cache_clear()
    was_approved(ledger)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = __main__.main(list(arguments))
        return (code, *capsys.readouterr())

    yield run
    settings.cache_clear()


def test_a_whole_audit_is_told_with_its_head(run, ledger):
    code, out, errors = run()
    seq, hash = audit.head(ledger)
    assert (code, errors) == (0, "")
    assert out == (
        "The audit is whole: 2 lines, each follows from the one before, and the tables say the same.\n"
        f"They lead to 1 findings, 0 fixes with an outcome, 0 notices. Its head is {seq}:{hash}\n"
    )
    assert run("head") == (0, f"{seq}:{hash}\n", "")


def test_a_row_that_is_not_accounted_for_is_named_and_the_code_says_so(run, ledger):
    by_hand(ledger, "UPDATE fix SET state = 'applied'")
    code, out, _ = run()
    assert (code, out) == (1, "The fix 1 is applied; by the audit it is planned.\n")


def test_more_than_can_be_read_is_counted(run, ledger):
    columns = "finding_id, version, verdict, reviewer, at"
    for _ in range(25):
        by_hand(ledger, f"INSERT INTO decision ({columns}) SELECT {columns} FROM decision WHERE id = 1")
    code, out, _ = run()
    assert (code, len(out.splitlines()), out.splitlines()[-1]) == (1, 21, "... and 5 more.")


def test_a_head_kept_elsewhere_is_held_against_the_chain(run, ledger, tmp_path):
    kept = run("head")[1].strip()
    heads.keep(ledger, str(tmp_path))
    assert run("--head", kept)[0] == 0
    by_hand(ledger, "DELETE FROM audit WHERE seq = 2")
    told = "Line 2 of the audit is not the one that was kept elsewhere."
    code, out, _ = run("--head", kept)
    assert (code, out.splitlines()[:2]) == (1, [told, told])
    assert run()[1].splitlines()[0] == told  # the one beside the snapshots is enough


@pytest.mark.parametrize("head", ["2", "x:y", "2:abc"])
def test_a_head_that_is_none_is_no_verdict(run, head):
    code, out, errors = run("--head", head)
    assert (code, out) == (2, "")
    assert errors.startswith("A head is a number, a colon and 64 hex digits")


def test_a_ledger_that_cannot_be_used_is_no_verdict(run, monkeypatch, tmp_path):
    monkeypatch.setenv("ROLLCALL_LEDGER", f"sqlite:///{tmp_path / 'nothing.db'}")
    settings.cache_clear()
    code, out, errors = run()
    assert (code, out, errors.count("\n")) == (2, "", 1)
