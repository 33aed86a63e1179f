"""A connection that opens another account than a finding was found in: nothing is read there, and nothing written."""

from __future__ import annotations

import pytest

from include.errors import OtherAccount
from include.store import findings
from tests.apply.cases import (
    ACCOUNTS,
    Worker,
    a_finding,
    approve,
    approved,
    email_fix,
    receipts_of,
    state_of,
    states,
)
from tests.apply.test_crashes import LEASE, sent_by_a_dead_worker

ANOTHER = {"shopify": {"shopify_shop": 2}, "hubspot": {"hubspot_portal": 7}}
KINDS = {"shopify": "customer", "hubspot": "contact"}


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def asked(sandbox, platform: str) -> float:
    return sandbox._get("quota")["platforms"].get(platform, {}).get("requests", 0)


@pytest.mark.parametrize("platform", ANOTHER)
@pytest.mark.parametrize("settings", [{"apply": "on"}, {"apply": "off"}], ids=["applied", "rehearsed"])
def test_a_fix_of_another_account_is_neither_read_nor_written(worker, sandbox, ledger, platform, settings):
    id = approved(ledger, email_fix(sandbox, platform, KINDS[platform]))
    sandbox.switch(**ANOTHER[platform])
    before = asked(sandbox, platform)
    with pytest.raises(OtherAccount, match=rf"{id} was found in the account {ACCOUNTS[platform]} of {platform}"):
        worker.apply(**settings)
    assert asked(sandbox, platform) - before == 1  # which account it is
    assert (sandbox.writes(), receipts_of(ledger), states(ledger)) == ([], [], ["planned"])
    assert state_of(ledger, id) == ("approved", 1)


def test_an_option_over_several_platforms_is_left_whole_when_one_is_another_account(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "hubspot", "contact"), email_fix(sandbox, "shopify", "customer"))
    sandbox.switch(shopify_shop=2)
    with pytest.raises(OtherAccount):
        worker.apply()
    assert (sandbox.writes(), states(ledger)) == ([], ["planned", "planned"])


def test_what_waits_for_another_account_keeps_nothing_else_of_its_platform_waiting(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    there = {**ACCOUNTS, "shopify": _shop(sandbox, 2)}
    second = a_finding(email_fix(sandbox, "shopify", "customer", "else@post.example", skip=1), number=2)
    findings.file(ledger, [second], "2026-11-24", left_out={"shop1"}, accounts=there)
    approve(ledger, second)
    with pytest.raises(OtherAccount):
        worker.apply()
    assert states(ledger) == ["planned", "applied"]


def test_once_the_connection_is_put_right_the_approval_still_counts(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    sandbox.switch(shopify_shop=2)
    with pytest.raises(OtherAccount):
        worker.apply()
    sandbox.switch(shopify_shop=1)
    assert worker.apply() == {"applied": 1}


def test_a_write_into_one_account_is_never_settled_by_reading_another(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    approved(ledger, change)
    sent_by_a_dead_worker(worker, change)
    worker.clock.moment += LEASE
    sandbox.switch(shopify_shop=2)
    for verb in (worker.verify, worker.apply):
        with pytest.raises(OtherAccount):
            verb()
    assert (receipts_of(ledger), states(ledger)) == ([], ["in_flight"])


def test_what_was_filed_without_its_account_is_not_applied(worker, sandbox, ledger):
    told = a_finding(email_fix(sandbox, "shopify", "customer"))
    findings.file(ledger, [told], "2026-11-23")
    approve(ledger, told)
    with pytest.raises(OtherAccount, match="was filed without the account of shopify"):
        worker.apply()
    assert sandbox.writes() == []


@pytest.mark.parametrize("name", ACCOUNTS)
def test_an_account_is_the_same_in_every_sandbox_and_asked_for_once(sandbox, name):
    platform = sandbox.open(name)
    before = asked(sandbox, name)
    assert {platform.api.account() for _ in range(3)} == {ACCOUNTS[name]}
    assert asked(sandbox, name) - before <= 1


def _shop(sandbox, number: int) -> str:
    sandbox.switch(shopify_shop=number)
    return str(sandbox.open("shopify").api.account())
