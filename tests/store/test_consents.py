"""Who must agree, and a client's consent: it becomes part of what is approved, and nothing is approved without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.errors import NotAllowed
from include.model import Action, Evidence, Fix, Option, Ref
from include.registrant_change import consented
from include.settings import settings
from include.store import consents, findings, fixes, four_eyes
from include.store.consents import Consent
from include.store.dossiers import Dossier
from tests.store.cases import NEXT_NIGHT, NIGHT, NOW, a_finding, again, approval, decide, filed, set_email


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


GOOD = Consent("whois:domain:1", "ticket", "T-1", "ann", "2026-10-30")


def registrant(number: int) -> Fix:
    after = {"email": "new@a.example", "transfer_lock_days": 60, "verification_days": 15}
    return Fix(Ref("whois", "domain", str(number)), Action.SET_EMAIL, {"email": "old@a.example"}, after)


def two_domains():
    return a_finding(Option("for the registrants", (registrant(1), registrant(2))))


def test_what_is_approved_carries_the_consent_and_leaves_out_what_nobody_agreed_to(ledger):
    row = filed(ledger, two_domains())
    assert decide(ledger, row, consents=[GOOD]) == "approved"
    option = approval(ledger)
    option.require_approval()
    assert [str(kept.fix.target) for kept in option.fixes] == ["whois:domain:1"]
    assert all(consented(kept.fix) for kept in option.fixes)
    assert [one.consents for one in again(ledger, row).decisions] == [(GOOD.as_json(),)]


def test_a_night_that_sees_the_same_keeps_an_approval_with_a_consent(ledger):
    row = filed(ledger, two_domains())
    decide(ledger, row, consents=[GOOD])
    findings.file(ledger, [two_domains()], NEXT_NIGHT)
    assert (again(ledger, row).state, again(ledger, row).version) == ("approved", row.version)


def asked_for_two_people():
    name = Fix(Ref("whois", "domain", "3"), Action.SET_NAME, {"first_name": "Ann"}, {"first_name": "Bea"})
    return a_finding(Option("a new registrant", (registrant(1), registrant(2), name)))


@pytest.mark.parametrize(
    ("days", "state"), [pytest.param(28, "approved", id="not yet"), pytest.param(29, None, id="by then")]
)
def test_a_consent_that_came_with_the_first_approval_has_to_hold_at_the_second(ledger, monkeypatch, days, state):
    monkeypatch.setenv("ROLLCALL_APPROVAL_DAYS", "40")
    settings.cache_clear()
    row = filed(ledger, asked_for_two_people())
    assert decide(ledger, row, consents=[GOOD]) == "half_approved"
    (made,) = [number for number, one in enumerate(again(ledger, row).options) if one.made_from is not None]
    second = {"option": made, "reviewer": "bob", "now": NOW + timedelta(days=days)}
    if state is None:
        with pytest.raises(NotAllowed, match="of 2026-10-30, and may be 30 days old at most"):
            decide(ledger, again(ledger, row), **second)
    else:
        assert decide(ledger, again(ledger, row), **second) == state


@pytest.mark.parametrize(
    ("consent", "says"),
    [
        pytest.param(GOOD.said, None, id="fresh"),
        pytest.param("request 7, seen by Sam on 2026-10-30 (whois:domain:1)", None, id="a request's"),
        pytest.param(replace(GOOD, given_on="2026-10-01").said, "of 2026-10-01", id="too old"),
        pytest.param(replace(GOOD, given_on="2026-11-02").said, "of 2026-11-02", id="of a day to come"),
        pytest.param("ticket 1 (whois:domain:1)", "nothing tells when", id="of no day"),
        pytest.param("on 2026-10-30 (whois:domain:1), ticket 1", "nothing tells when", id="a day elsewhere"),
    ],
)
def test_whoever_relies_on_a_consent_looks_at_its_day(consent, says):
    carries = replace(registrant(1), after={"email": "new@a.example", "consent": consent})
    told = consents.outdated([set_email(), carries], NOW.date())
    assert told is None if says is None else says in str(told)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param([], "needs the client's consent", id="none"),
        pytest.param([replace(GOOD, target="whois:domain:9")], "does not ask consent for", id="another domain"),
        pytest.param([GOOD, GOOD], "does not ask consent for", id="twice"),
        pytest.param([replace(GOOD, kind="hearsay")], "what kind", id="no kind"),
        pytest.param([replace(GOOD, reference=" ")], "its reference", id="no reference"),
        pytest.param([replace(GOOD, taken_by="")], "who took it", id="by nobody"),
        pytest.param([replace(GOOD, given_on="yesterday")], "which day", id="no day"),
        pytest.param([replace(GOOD, given_on="2026-11-02")], "a day to come", id="of tomorrow"),
        pytest.param([replace(GOOD, given_on="2026-10-01")], "older than 30 days", id="too old"),
    ],
)
def test_without_a_good_consent_nothing_is_approved(ledger, given, why):
    row = filed(ledger, two_domains())
    with pytest.raises(NotAllowed, match=why):
        decide(ledger, row, consents=given)
    assert again(ledger, row).state == "open"
    assert fixes.approved(ledger) == []


@pytest.mark.parametrize(
    ("known", "people"),
    [
        pytest.param({"b.example"}, 1, id="the person's"),
        pytest.param({"a.example"}, 2, id="new"),
        pytest.param(None, 1, id="nobody said"),
    ],
)
def test_an_address_with_a_domain_that_is_new_needs_two_people(known, people):
    assert four_eyes.people(Option("use it", (set_email(),)), known) == people


@pytest.mark.parametrize(
    ("was", "becomes", "people"),
    [
        pytest.param("ann@gmail.com", "bob@gmail.com", 2, id="another free mailbox"),
        pytest.param("ann@mailinator.com", "bob@mailinator.com", 2, id="another mailbox for a day"),
        pytest.param("ann.lee@gmail.com", "AnnLee@googlemail.com", 1, id="the same free mailbox"),
        pytest.param("ann@a.example", "bob@gmail.com", 1, id="one that another of its records has"),
        pytest.param("ann@a.example", "bob@a.example", 1, id="at a domain of their own"),
    ],
)
def test_at_a_provider_of_free_mailboxes_it_is_the_mailbox_that_is_known(was, becomes, people):
    held = [{"ref": "hubspot:contact:1", "email": was}, {"ref": "shopify:customer:1", "email": "Bob@gmail.com"}]
    known = Dossier(held[: 2 if was == "ann@a.example" else 1]).known
    assert four_eyes.people(Option("use it", (set_email(email=becomes, was=was),)), known) == people


@pytest.mark.parametrize("kind", ["new_looks_like", "new_mixed", "new_disposable", "weak_proof", "mailbox_lost"])
def test_what_is_doubtful_about_a_request_needs_two_people_whatever_the_domain(kind):
    doubt = (Evidence(kind, -2.0, "It looks like another one."),)
    assert four_eyes.people(Option("use it", (set_email(),)), {"b.example"}, doubt) == 2


@pytest.mark.parametrize("action", [Action.MERGE, Action.RESET_ACCESS, Action.SET_NAME])
def test_what_cannot_be_undone_and_a_change_of_owner_need_two_people(action):
    assert four_eyes.people(Option("do it", (Fix(Ref("hubspot", "contact", "1"), action, {}, {}),))) == 2


def test_one_person_cannot_give_an_account_a_new_domain(ledger):
    one = a_finding()
    shown = {one.key: Dossier([{"ref": "hubspot:contact:1", "email": "old@a.example"}])}
    findings.file(ledger, [one], NIGHT, shown=shown)
    row = again(ledger, one)
    assert decide(ledger, row) == "half_approved"
    with pytest.raises(NotAllowed, match="new domain"):
        decide(ledger, row, reviewer="Ann")
    assert decide(ledger, row, reviewer="bob") == "approved"
    approval(ledger).require_approval()
