"""A pull of WHMCS, or of its domains' registrars, that was killed goes on where it was and asks no record twice."""

from __future__ import annotations

from typing import Any

import pytest

from include import stages
from include.errors import Unreachable
from include.pull import overlay
from include.registry import load
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.sandbox.hosting_world import Stack

APART = {"whmcs": ("clients", "GetClientsDetails"), "whois": ("domains", "DomainGetWhoisInfo")}
NAMES = pytest.mark.parametrize("name", APART)


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


@pytest.fixture
def asked(stack: Stack) -> list[str]:
    """The actions asked for, in order."""
    actions: list[str] = []

    def note(answer: Any, **_: Any) -> None:
        actions.append(str(answer.request.body).partition("action=")[2].partition("&")[0])

    stack.session.hooks["response"].append(note)
    return actions


def killed(stack: Stack, name: str, snapshot: Snapshot, action: str, after: int, page_size: int = 1) -> None:
    stack.arm("503", action, after=after, times=999)
    with pytest.raises(Unreachable):
        stages.pull(stack.platform(name, page_size=page_size), snapshot)
    stack.faults.arm([])


def tables(name: str, snapshot: Snapshot) -> dict[str, Any]:
    rows = load("platforms", name, "rows")
    return {table: told.to_pylist() for table, told in overlay.tables(name, rows, snapshot.raw(name), None).items()}


def as_if_never_killed(stack: Stack, name: str, store: Snapshots, snapshot: Snapshot) -> None:
    told = snapshot.raw(name).manifest()
    assert told.rows == told.distinct
    whole = store.begin("2026-11-24")
    stages.pull(stack.platform(name, page_size=1), whole)
    assert tables(name, snapshot) == tables(name, whole)


@NAMES
@pytest.mark.parametrize("kept", [0, 1, 2])
def test_what_was_asked_of_each_record_is_kept(stack, store, asked, name, kept):
    _, apart = APART[name]
    snapshot = store.begin("2026-11-23")
    killed(stack, name, snapshot, apart, kept)
    asked.clear()
    stages.pull(stack.platform(name, page_size=1), snapshot)
    assert asked.count(apart) == 3 - kept
    as_if_never_killed(stack, name, store, snapshot)


@pytest.mark.parametrize(
    ("action", "kept"),
    [
        ("GetUsers", 0),
        ("GetUsers", 1),
        ("GetClientsProducts", 1),
        ("GetServers", 0),
        ("GetOrders", 0),
        ("GetOrders", 1),
    ],
)
def test_a_pull_killed_in_a_later_list_goes_on_there(stack, store, asked, action, kept):
    snapshot = store.begin("2026-11-23")
    killed(stack, "whmcs", snapshot, action, kept)
    asked.clear()
    stages.pull(stack.platform("whmcs", page_size=1), snapshot)
    assert asked.count("GetClientsDetails") == 0
    as_if_never_killed(stack, "whmcs", store, snapshot)


def test_a_record_that_went_meanwhile_shifts_no_other_out_of_the_pull(stack, store, asked):
    snapshot = store.begin("2026-11-23")
    killed(stack, "whmcs", snapshot, "GetClientsDetails", 2)
    stack.ask("DeleteClient", clientid="11")
    asked.clear()
    stages.pull(stack.platform("whmcs", page_size=2), snapshot)
    assert asked.count("GetClientsDetails") == 1
    clients = {row["id"] for row in tables("whmcs", snapshot)["contacts"] if row["kind"] == "client"}
    assert clients == {"11", "12", "13"}  # as they were when each was asked for


@NAMES
def test_a_list_that_does_not_come_by_id_is_pulled_from_its_beginning(stack, store, asked, name):
    stack.desk.switches["whmcs_newest_first"] = True
    _, apart = APART[name]
    snapshot = store.begin("2026-11-23")
    killed(stack, name, snapshot, apart, 2)
    asked.clear()
    stages.pull(stack.platform(name, page_size=1), snapshot)
    assert asked.count(apart) == (3 if name == "whois" else 1)  # clients are asked for in the order of ids
    as_if_never_killed(stack, name, store, snapshot)


def test_a_list_that_comes_otherwise_than_before_begins_anew(stack, store, asked):
    snapshot = store.begin("2026-11-23")
    killed(stack, "whois", snapshot, "DomainGetWhoisInfo", 2)
    stack.desk.switches["whmcs_newest_first"] = True
    asked.clear()
    stages.pull(stack.platform("whois", page_size=1), snapshot)
    assert asked.count("DomainGetWhoisInfo") == 3
    as_if_never_killed(stack, "whois", store, snapshot)
