"""What a new address of a domain's registrant sets off is data on its fix, and sentences for whoever decides."""

from __future__ import annotations

from datetime import date

import pytest

from include.model import Action, Fix, Option, Ref
from include.registrant_change import consented, deadlines, set_address
from include.settings import Settings

DOMAIN = Ref("whois", "domain", "31")
OLD, NEW = "ann@example.com", "ann@new.example"


def proposed(consent: str | None = "ticket 4711", **days: int) -> Fix:
    return set_address(DOMAIN, OLD, NEW, consent, Settings(**days))


def test_a_fix_carries_the_days_of_the_settings_and_the_consent_for_its_domain():
    assert proposed() == Fix(
        DOMAIN,
        Action.SET_EMAIL,
        {"email": OLD},
        {
            "email": NEW,
            "transfer_lock_days": 60,
            "verification_days": 15,
            "consent": "ticket 4711 (whois:domain:31)",
        },
    )
    assert proposed(registrant_lock_days=30).after["transfer_lock_days"] == 30
    assert Fix.from_json(proposed().as_json()) == proposed()


def test_an_approval_is_bound_to_the_days_and_the_consent_that_were_shown():
    shown, later, without = (
        Option("x", (fix,)) for fix in (proposed(), proposed(registrant_lock_days=0), proposed(None))
    )
    assert len({option.hash("key") for option in (shown, later, without)}) == 3


@pytest.mark.parametrize("consent", [None, ""])
def test_without_a_word_of_the_client_there_is_no_consent(consent):
    assert not consented(proposed(consent))


def test_the_consent_for_one_domain_is_none_for_another():
    assert consented(proposed())
    assert not consented(Fix(Ref("whois", "domain", "3"), Action.SET_EMAIL, {"email": OLD}, proposed().after))


def test_the_deadlines_are_days_until_the_change_and_dates_after_it():
    before, after = deadlines(proposed().after), deadlines(proposed().after, date(2026, 11, 23))
    assert "within 15 days" in before[0]
    assert "for 60 days" in before[1]
    assert "by 2026-12-08 (15 days)" in after[0]
    assert "until 2027-01-22 (60 days)" in after[1]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param({"registrant_lock_days": 0}, 2, id="a-registrar-that-locks-nothing"),
        pytest.param({"registrant_lock_days": 0, "registrant_verification_days": 0}, 0, id="nothing-is-set-off"),
    ],
)
def test_what_a_setting_of_0_switches_off_is_not_said(days, said):
    assert len(deadlines(proposed(**days).after)) == said


@pytest.mark.parametrize(
    ("name", "national"),
    [("demo.example", False), ("demo.de", True), ("demo.co.uk.", True), (None, False), ("demo.info", False)],
)
def test_a_country_s_domain_has_rules_of_its_own(name, national):
    told = deadlines(proposed().after, name=name)
    assert any("registry has rules of its own" in line for line in told) is national
    assert any("60 days" in line for line in told) is not national
