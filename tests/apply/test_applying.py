"""What becomes of approved fixes, on records of the sandbox, over HTTP, with a ledger on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from include import apply
from include.errors import GateClosed, NotAllowed, Unauthorized
from include.model import Action, Fix, Ref
from include.platforms import connection_of
from include.store.schema import decision, fix
from tests.apply.cases import (
    NEW,
    REASON,
    SETTINGS,
    Worker,
    a_finding,
    approved,
    email_fix,
    file,
    owner_and_client,
    receipts_of,
    state_of,
    states,
    told_to,
)

KINDS = [
    ("bigcommerce", "customer"),
    ("cpanel", "hosting"),
    ("hubspot", "contact"),
    ("shopify", "customer"),
    ("whmcs", "client"),
    ("whmcs", "login"),
    ("whois", "domain"),
]


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.mark.parametrize(("platform", "kind"), KINDS)
def test_an_approved_change_is_written_once_seen_and_announced(worker, sandbox, ledger, platform, kind):
    change = email_fix(sandbox, platform, kind)
    id = approved(ledger, change)
    assert worker.apply() == {"applied": 1}
    assert worker.apply() == {}
    assert [write["record"] for write in sandbox.writes()] == [str(change.target)]
    assert state_of(ledger, id) == ("settled", 1)
    assert receipts_of(ledger) == [("applied", None)]
    assert told_to(ledger) == sorted([change.before["email"], NEW])


def test_fixes_of_an_option_are_carried_out_in_their_order(worker, sandbox, ledger):
    login, client = owner_and_client(sandbox)
    approved(ledger, login, client)
    assert worker.apply() == {"applied": 2}
    assert [write["record"] for write in sandbox.writes()] == [str(login.target), str(client.target)]
    assert told_to(ledger) == sorted([login.before["email"], NEW])  # two records, two people to tell, once each


def test_what_reads_as_wanted_already_is_not_written_and_not_announced(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    id = approved(ledger, replace(change, before={"email": "an.earlier@post.example"}, after=change.before))
    assert worker.apply() == {"already": 1}
    assert sandbox.writes() == []
    assert state_of(ledger, id) == ("settled", 1)
    assert told_to(ledger) == []


def test_what_changed_since_it_was_found_is_left_alone_and_comes_back(worker, sandbox, ledger):
    first = replace(email_fix(sandbox, "shopify", "customer"), before={"email": "an.earlier@post.example"})
    second = email_fix(sandbox, "hubspot", "contact")
    id = approved(ledger, first, second)
    assert worker.apply() == {"stale": 1}
    assert sandbox.writes() == []
    assert state_of(ledger, id) == ("open", 2)
    assert states(ledger) == ["stale", "held", "planned", "planned"]
    assert receipts_of(ledger) == [("stale", "changed since it was found: email")]
    assert worker.apply() == {}


def test_a_record_that_is_gone_is_stale(worker, sandbox, ledger):
    change = replace(email_fix(sandbox, "shopify", "customer"), target=Ref("shopify", "customer", "999999999"))
    approved(ledger, change)
    assert worker.apply() == {"stale": 1}


def test_an_edit_of_another_field_does_not_stop_a_change(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    approved(ledger, change)
    platform = sandbox.open("hubspot")
    platform.api.update_contact(change.target.id, firstname="Renamed")
    assert worker.apply() == {"applied": 1}
    assert platform.api.contact(change.target.id)["properties"]["firstname"] == "Renamed"


def test_a_refused_write_holds_the_rest_and_comes_back_with_the_reason(worker, sandbox, ledger):
    taken = email_fix(sandbox, "whmcs", "login", skip=3).before["email"]
    login, client = owner_and_client(sandbox, taken)
    id = approved(ledger, login, client)
    assert worker.apply() == {"refused": 1}
    assert sandbox.writes() == []
    assert states(ledger)[:2] == ["refused", "held"]
    assert state_of(ledger, id) == ("open", 2)
    ((outcome, detail),) = receipts_of(ledger)
    assert outcome == "refused"
    assert detail is not None
    assert "whmcs" in detail
    assert told_to(ledger) == []


def test_people_are_told_of_what_took_before_the_rest_was_refused(worker, sandbox, ledger):
    first = email_fix(sandbox, "shopify", "customer", NEW)
    taken = email_fix(sandbox, "whmcs", "login", skip=3).before["email"]
    login, _ = owner_and_client(sandbox, taken)
    approved(ledger, first, login)
    assert worker.apply() == {"applied": 1, "refused": 1}
    assert told_to(ledger) == sorted([first.before["email"], NEW])


def test_switched_off_it_reads_and_compares_and_leaves_everything_as_it_is(worker, sandbox, ledger):
    good = email_fix(sandbox, "shopify", "customer")
    changed = replace(email_fix(sandbox, "hubspot", "contact"), before={"email": "an.earlier@post.example"})
    done = email_fix(sandbox, "bigcommerce", "customer")
    done = replace(done, before={"email": "an.earlier@post.example"}, after=done.before)
    ids = [approved(ledger, change, number=number) for number, change in enumerate((good, changed, done), 1)]
    assert worker.apply(apply="off") == {"planned": 1, "stale": 1, "already": 1}
    assert sandbox.writes() == []
    assert states(ledger) == ["planned"] * 3
    assert [state_of(ledger, id) for id in ids] == [("approved", 1)] * 3
    assert receipts_of(ledger) == []


def test_fixes_that_are_not_those_that_were_approved_are_not_applied(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    with ledger.write() as connection:
        connection.execute(sa.update(fix).values(after={"email": "the.thief@post.example"}))
    with pytest.raises(NotAllowed, match="not what was approved"):
        worker.apply()
    assert sandbox.writes() == []


def test_an_approval_copied_to_another_finding_applies_nothing(worker, sandbox, ledger):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    other = a_finding(email_fix(sandbox, "hubspot", "contact"), number=2)
    file(ledger, other, 2)
    with ledger.write() as connection:
        said = connection.execute(sa.select(decision)).one()._asdict()
        option_id = connection.execute(sa.text("SELECT max(id) FROM option")).scalar_one()
        key = connection.execute(sa.text("SELECT id FROM finding WHERE id != :id").bindparams(id=id)).scalar_one()
        copied = {**said, "id": said["id"] + 1, "finding_id": key, "option_id": option_id}
        connection.execute(sa.insert(decision).values(**copied))
        connection.execute(sa.text("UPDATE finding SET state = 'approved'"))
    with pytest.raises(NotAllowed):
        worker.apply()
    assert sandbox.writes() == []


def test_an_approval_that_is_too_old_goes_back_to_the_page(worker, sandbox, ledger):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    worker.clock.moment += timedelta(days=8)
    assert worker.apply() == {}
    assert sandbox.writes() == []
    assert state_of(ledger, id) == ("open", 2)


def test_what_took_of_an_option_that_waits_is_told_at_once_and_not_again_when_it_grew_too_old(worker, sandbox, ledger):
    first, second = email_fix(sandbox, "shopify", "customer"), email_fix(sandbox, "hubspot", "contact")
    id = approved(ledger, first, second)
    sandbox.arm({"platform": "hubspot", "match": ".*", "fault": "401", "times": 1000})
    with pytest.raises(Unauthorized):
        worker.apply()
    assert told_to(ledger) == sorted([first.before["email"], NEW])
    worker.clock.moment += timedelta(days=8)
    worker.apply()
    assert state_of(ledger, id) == ("open", 2)
    assert told_to(ledger) == sorted([first.before["email"], NEW])


@pytest.mark.gx
@pytest.mark.usefixtures("great_expectations")
def test_a_closed_gate_is_told_to_the_reviewers_and_what_is_in_order_passes(worker, sandbox, ledger):
    for number in range(3):
        approved(ledger, email_fix(sandbox, "hubspot", "contact", f"n{number}@post.example", number), number=number)
    assert apply.check(ledger, SETTINGS) > 0
    assert told_to(ledger) == []
    with pytest.raises(GateClosed, match="3 fixes set_email are approved and the cap of a run is 2"):
        apply.check(ledger, replace(SETTINGS, cap_set_email=2))
    assert told_to(ledger) == [SETTINGS.reviewers_mail]


def test_a_platform_that_cannot_be_used_keeps_no_other_waiting(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "hubspot", "contact"), number=1)
    approved(ledger, email_fix(sandbox, "hubspot", "contact", skip=1), number=2)
    approved(ledger, email_fix(sandbox, "shopify", "customer"), number=3)
    sandbox.arm({"platform": connection_of("hubspot"), "match": ".*", "fault": "401", "times": 1000})
    with pytest.raises(Unauthorized, match="hubspot"):
        worker.apply(cap_same_address=5)
    assert states(ledger) == ["planned", "planned", "applied"]
    sandbox.arm()
    assert worker.apply(cap_same_address=5) == {"applied": 1, "refused": 1}  # one address, one HubSpot contact


def test_a_note_says_who_approved_when_and_why(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    note = Fix(change.target, Action.ADD_NOTE, {"note": None}, {"note": "rollcall 4711", "text": "Address changed."})
    id = approved(ledger, change, note)
    assert worker.apply() == {"applied": 2}
    written = sandbox.open("shopify").api.customer(change.target.id)["note"]
    assert "Address changed. Approved by ada on 20" in written
    assert f"{REASON} (finding {id})" in written
    assert written.count("rollcall 4711") == 1


def test_an_option_without_fixes_is_settled(worker, sandbox, ledger):
    id = approved(ledger)
    assert worker.apply() == {}
    assert state_of(ledger, id) == ("settled", 1)


@pytest.mark.parametrize(
    "new", ["s\u200bomebody@post.example", "\u0430nnette@post.example", "Some.Body+x@post.example"]
)
def test_what_was_approved_is_sent_to_the_letter_whatever_hides_in_it(worker, sandbox, ledger, new):
    approved(ledger, email_fix(sandbox, "bigcommerce", "customer", new))
    assert worker.apply() == {"applied": 1}
    assert [told for one in sandbox.writes() for _, told in one["changed"].values()] == [new]
