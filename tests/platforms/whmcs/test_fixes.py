"""Changing WHMCS: what each fix reads, sends and leaves alone."""

from __future__ import annotations

import pytest

from include.errors import Conflict, NotFound, Refusal, UnclearOutcome
from include.model import Action, Fix, Ref
from tests.sandbox.hosting_world import set_email

MARKER = "Rollcall 0123456789ab"


def note(target="whmcs:client:11"):
    after = {"note": MARKER, "text": "Address changed on request; approved by two."}
    return Fix(Ref.parse(target), Action.ADD_NOTE, {"note": None}, after)


def rename(target, first, last):
    before = {"first_name": "Ann", "last_name": "O'Brien"}
    return Fix(Ref.parse(target), Action.SET_NAME, before, {"first_name": first, "last_name": last})


FIXES = [
    pytest.param(set_email("whmcs:client:11", "ann@example.com", "ann@new.example"), id="client-address"),
    pytest.param(set_email("whmcs:login:5", "ann@example.com", "ann@new.example"), id="login-address"),
    pytest.param(rename("whmcs:client:11", "Anne", "O'Brien & Co"), id="client-name"),
    pytest.param(rename("whmcs:login:5", "Anne", "Smith"), id="login-name"),
]


@pytest.mark.parametrize("fix", FIXES)
def test_a_fix_reads_before_then_after_and_moves_nothing_else(stack, fix):
    whmcs = stack.platform("whmcs")
    fixes = whmcs.fixes
    assert fixes.read(whmcs.api, fix) == fix.before
    image = fixes.image(whmcs.api, fix)
    fixes.write(whmcs.api, fix)
    assert fixes.read(whmcs.api, fix) == fix.after
    moved = {name for name, value in fixes.image(whmcs.api, fix).items() if value != image[name]}
    assert moved
    assert moved <= fixes.CAN[fix.action]
    (written,) = stack.desk.writes
    assert (written["record"], written["effect"]) == (str(fix.target), "applied")


def test_the_login_and_the_client_do_not_follow_one_another(stack):
    whmcs = stack.platform("whmcs")
    client = set_email("whmcs:client:11", "ann@example.com", "ann@new.example")
    whmcs.fixes.write(whmcs.api, set_email("whmcs:login:5", "ann@example.com", "ann@new.example"))
    assert whmcs.fixes.read(whmcs.api, client) == client.before


def test_a_client_without_a_phone_can_still_get_its_address(stack):
    whmcs = stack.platform("whmcs")
    fix = set_email("whmcs:client:12", "bob@example.com", "bob@new.example")
    refused = stack.ask("UpdateClient", clientid=12, email="bob@new.example")
    assert refused["result"] == "error"
    whmcs.fixes.write(whmcs.api, fix)
    assert whmcs.fixes.read(whmcs.api, fix) == fix.after


@pytest.mark.parametrize("target", ["whmcs:client:11", "whmcs:login:5"])
def test_an_address_that_another_holds_is_a_conflict(stack, target):
    whmcs = stack.platform("whmcs")
    fix = set_email(target, "ann@example.com", "Bob@example.com")
    with pytest.raises(Conflict, match="another client or user"):
        whmcs.fixes.write(whmcs.api, fix)
    assert whmcs.fixes.read(whmcs.api, fix) == fix.before
    assert [written["effect"] for written in stack.desk.writes] == ["refused"]


@pytest.mark.parametrize("refuses", [True, False])
def test_whether_a_client_may_hold_another_s_login_address_is_for_whmcs_to_say(stack, refuses):
    stack.desk.switches["whmcs_refuses_login_address"] = refuses
    stack.ask("UpdateUser", user_id=6, email="bob@login.example")
    whmcs = stack.platform("whmcs")
    fix = set_email("whmcs:client:11", "ann@example.com", "bob@login.example")
    if refuses:
        with pytest.raises(Conflict):
            whmcs.fixes.write(whmcs.api, fix)
    else:
        whmcs.fixes.write(whmcs.api, fix)
    assert whmcs.fixes.read(whmcs.api, fix) == (fix.before if refuses else fix.after)


@pytest.mark.parametrize("target", ["whmcs:client:99", "whmcs:login:99"])
def test_a_record_that_is_gone_is_not_found(stack, target):
    whmcs = stack.platform("whmcs")
    with pytest.raises(NotFound):
        whmcs.fixes.read(whmcs.api, set_email(target, "x@example.com", "y@example.com"))


def test_a_login_is_found_by_its_id_when_its_address_and_name_are_others_by_now(stack):
    whmcs = stack.platform("whmcs", page_size=1)
    fix = set_email("whmcs:login:6", "never@example.com", "nor@example.com")
    assert whmcs.fixes.read(whmcs.api, fix) == {"email": "bob@example.com"}


def test_a_note_is_written_once_however_often_it_is_asked_for(stack):
    whmcs = stack.platform("whmcs")
    assert whmcs.fixes.read(whmcs.api, note()) == {"note": None}
    whmcs.fixes.write(whmcs.api, note())
    whmcs.fixes.write(whmcs.api, note())
    assert whmcs.fixes.read(whmcs.api, note()) == {"note": MARKER}
    assert [(written["action"], written["record"]) for written in stack.desk.writes] == [
        ("log", "whmcs:client:11"),
        ("note", "whmcs:client:11"),
    ]
    assert all(MARKER in str(written["changed"]) for written in stack.desk.writes)


@pytest.mark.parametrize(
    ("fault", "action", "anchored"),
    [
        pytest.param("reset_before", "LogActivity", False, id="the-anchor-never-arrived"),
        pytest.param("reset_after", "LogActivity", True, id="the-anchor-arrived-unheard"),
        pytest.param("reset_before", "AddClientNote", True, id="the-note-never-arrived"),
        pytest.param("reset_after", "AddClientNote", True, id="the-note-arrived-unheard"),
        pytest.param("429", "AddClientNote", True, id="the-note-was-put-off"),
        pytest.param("403", "AddClientNote", True, id="the-note-was-refused"),
    ],
)
def test_a_note_whose_outcome_is_unclear_is_never_written_twice(stack, fault, action, anchored):
    whmcs = stack.platform("whmcs")
    stack.arm(fault, action)
    with pytest.raises(UnclearOutcome):
        whmcs.fixes.write(whmcs.api, note())
    assert whmcs.fixes.read(whmcs.api, note()) == {"note": MARKER if anchored else None}
    whmcs.fixes.write(whmcs.api, note())
    assert [written["action"] for written in stack.desk.writes].count("note") <= 1
    assert [written["action"] for written in stack.desk.writes].count("log") == 1


def test_another_client_s_note_is_not_this_one_s(stack):
    whmcs = stack.platform("whmcs")
    whmcs.fixes.write(whmcs.api, note("whmcs:client:12"))
    assert whmcs.fixes.read(whmcs.api, note("whmcs:client:11")) == {"note": None}


@pytest.mark.parametrize(
    "fix",
    [
        pytest.param(note("whmcs:login:5"), id="a-note-on-a-login"),
        pytest.param(
            Fix(Ref("whmcs", "order", "1"), Action.ATTACH, {"contact": None}, {"contact": "x"}), id="an-order"
        ),
    ],
)
def test_what_we_cannot_do_is_refused_before_anything_is_sent(stack, fix):
    whmcs = stack.platform("whmcs")
    with pytest.raises(Refusal, match="no way to"):
        whmcs.fixes.write(whmcs.api, fix)
    assert stack.desk.writes == []
