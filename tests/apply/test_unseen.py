"""What a platform never shows is sent once, and stays unknown for anybody to see: neither done nor failed by hope."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from include.apply.settling import NOT_SHOWN
from include.errors import AlreadyDecided, NotAllowed
from include.model import Action, Fix, Ref
from include.store import fixes, leases, receipts
from include.store.schema import notice
from tests.apply.cases import NEW, Worker, approved, email_fix, receipts_of, state_of, states

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def reset(sandbox) -> Fix:
    account = next(one for one in sandbox.world.of("shopify") if one.email and one.state == "activated")
    return Fix(Ref.parse(account.ref), Action.RESET_ACCESS, {"access": "kept"}, {"access": "reset"})


def asked(sandbox) -> list[str]:
    return [write["record"] for write in sandbox.writes() if write["action"] == "recover"]


def test_an_accepted_reset_is_unknown_however_often_and_late_it_is_looked_for(worker, sandbox, ledger, reset):
    id = approved(ledger, reset)
    assert worker.apply() == {"unknown": 1}
    for days in (0, 1, 30):
        worker.clock.sleep(days * 86_400)
        assert worker.verify() == {"unknown": 1}
    assert asked(sandbox) == [str(reset.target)]
    assert states(ledger) == ["unknown"]
    assert receipts_of(ledger) == [("unknown", NOT_SHOWN)]
    assert state_of(ledger, id) == ("approved", 1)


@pytest.mark.parametrize(("fault", "mails"), [("reset_after", 1), ("502", 0)])
def test_a_reset_without_an_answer_is_unknown_and_not_sent_again(worker, sandbox, ledger, reset, fault, mails):
    approved(ledger, reset)
    sandbox.arm({"platform": "shopify", "match": "customerRecover", "fault": fault})
    assert worker.apply() == {"unknown": 1}
    sandbox.arm()
    worker.clock.sleep(3_600)
    assert worker.apply() == {"unknown": 1}
    assert asked(sandbox) == [str(reset.target)] * mails
    ((outcome, detail),) = receipts_of(ledger)
    assert outcome == "unknown"
    assert detail is not None
    assert detail.endswith(NOT_SHOWN)


def test_where_nobody_has_a_password_nothing_is_sent_the_receipt_says_why_and_what_follows_goes_on(
    worker, sandbox, ledger, reset
):
    sandbox.switch(shopify_customer_accounts="NEW_CUSTOMER_ACCOUNTS")
    id = approved(ledger, reset, invite(sandbox), note(sandbox))
    assert worker.apply() == {"already": 2, "applied": 1}
    assert [outcome for outcome, _ in receipts_of(ledger)] == ["already", "already", "applied"]
    assert all("sign in with the code" in str(detail) for _, detail in receipts_of(ledger)[:2])
    assert state_of(ledger, id) == ("settled", 1)
    assert [write["action"] for write in sandbox.writes()] == ["update"]


def test_a_refused_reset_says_why_and_comes_back(worker, sandbox, ledger, reset):
    sandbox.switch(shopify_storefront_scopes=[])
    id = approved(ledger, reset)
    assert worker.apply() == {"refused": 1}
    ((_, detail),) = receipts_of(ledger)
    assert "unauthenticated_write_customers" in str(detail)
    assert state_of(ledger, id) == ("open", 2)


def invite(sandbox) -> Fix:
    account = next(one for one in sandbox.world.of("shopify") if one.email and one.state == "disabled")
    return Fix(Ref.parse(account.ref), Action.INVITE, {"state": "disabled"}, {"state": "invited"})


def note(sandbox) -> Fix:
    after = {"note": "Rollcall 0123456789ab", "text": "Access was handed over."}
    return Fix(Ref.parse(sandbox.world.of("shopify")[0].ref), Action.ADD_NOTE, {"note": None}, after)


def close(ledger, **how: object) -> None:
    (kept,) = fixes.unsettled(ledger)
    receipts.close(ledger, kept.id, **{"reviewer": "ann", "reason": "she got the mail", "now": NOW, **how})


@pytest.mark.parametrize(
    ("took", "outcome", "stands"), [(True, "applied", ("settled", 1)), (False, "failed", ("open", 2))]
)
def test_a_person_who_looked_says_what_became_of_it(worker, sandbox, ledger, reset, took, outcome, stands):
    id = approved(ledger, reset)
    worker.apply()
    close(ledger, took=took)
    assert states(ledger)[0] == outcome
    assert receipts_of(ledger)[-1][0] == outcome
    assert str(receipts_of(ledger)[-1][1]).startswith("ann looked, and it ")
    assert state_of(ledger, id) == stands
    assert worker.apply() == {}
    assert len(asked(sandbox)) == 1


def test_what_waited_for_an_unknown_outcome_goes_on_when_somebody_has_looked(worker, sandbox, ledger, reset):
    id = approved(ledger, reset, note(sandbox))
    assert worker.apply() == {"unknown": 1}
    close(ledger, took=True)
    assert worker.apply() == {"applied": 1}
    assert state_of(ledger, id) == ("settled", 1)


@pytest.mark.parametrize("between", ["a reset that is shown nowhere", "a lost answer"])
def test_both_addresses_hear_of_what_is_changed_after_an_unknown_outcome(worker, sandbox, ledger, reset, between):
    one = email_fix(sandbox, "shopify", "customer")
    two, three = (
        replace(email_fix(sandbox, platform, kind, skip=1), before=one.before)
        for platform, kind in (("hubspot", "contact"), ("bigcommerce", "customer"))
    )
    for change in (two, three):
        platform = sandbox.open(change.target.platform)
        platform.fixes.write(platform.api, replace(change, after=one.before))
    if between == "a lost answer":
        sandbox.arm({"platform": "hubspot", "match": "^PATCH", "fault": "reset_before", "times": 1})
    id = approved(ledger, one, reset if between.startswith("a reset") else two, three)
    assert worker.apply()["unknown"] == 1
    if between == "a lost answer":  # it lands late, and is seen
        platform = sandbox.open("hubspot")
        platform.fixes.write(platform.api, two)
    else:
        close(ledger, took=True)
    assert worker.apply()["applied"] >= 1
    assert state_of(ledger, id) == ("settled", 1)
    everything = {"(Shopify)", "(BigCommerce)", *(["(HubSpot)"] if between == "a lost answer" else [])}
    with ledger.read() as connection:
        messages = connection.execute(sa.select(notice.c.recipient, notice.c.text)).all()
    for who in (one.before["email"], NEW):
        texts = [row.text for row in messages if row.recipient == who]
        assert len(texts) == 2
        assert all(service in texts[-1] for service in everything)


def test_only_an_unknown_outcome_is_anybodys_to_tell(worker, sandbox, ledger, reset):
    approved(ledger, reset)
    worker.apply()
    (kept,) = fixes.unsettled(ledger)
    for how in ({"reason": " "}, {"reviewer": ""}):
        with pytest.raises(NotAllowed, match="Say who looked"):
            close(ledger, took=True, **how)
    assert leases.take_over(ledger, kept.id, "reader", NOW, 120)
    with pytest.raises(AlreadyDecided, match="being read this moment"):
        close(ledger, took=True)
    assert leases.let_go(ledger, kept.id, "reader")
    close(ledger, took=True)
    with pytest.raises(AlreadyDecided, match="not unknown any more"):
        receipts.close(ledger, kept.id, took=False, reviewer="ann", reason="no mail", now=NOW)
