"""Changing an address at a registrar: whole roles, only the old address, and never believed without reading back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.errors import NotPermitted, Refusal, SettingsWrong
from include.model import Ref
from include.platforms.whois.find import Domain, domains_of
from tests.sandbox.hosting_world import set_email

# 31 names its fields with blanks, 32 has one field for the whole name, 33 gives its roles as JSON texts
DOMAINS = {"31": "ann@example.com", "32": "bob@example.com", "33": "ann@example.com"}


def pulled(whois):
    raw: dict[str, list] = {}
    for page in whois.api.pages():
        raw.setdefault(page.stream, []).append(page.body)
    return {contact.id: contact for contact in whois.rows.contacts(raw)}


def test_a_pull_gives_every_domain_s_registrant(stack):
    contacts = pulled(stack.platform("whois", page_size=2))
    assert {domain: contact.email for domain, contact in contacts.items()} == DOMAINS
    assert (contacts["31"].first_name, contacts["31"].last_name) == ("Ann", "O'Brien")
    assert contacts["32"].links == ("whmcs:client:12", "whois:name:b.example")


def test_one_registrar_s_refusal_leaves_one_address_unknown_and_no_more(stack):
    stack.desk.switches["whois_refused"] = ["32"]
    contacts = pulled(stack.platform("whois"))
    assert {domain: contact.email for domain, contact in contacts.items()} == DOMAINS | {"32": None}


def test_a_right_that_the_key_lacks_is_no_registrar_s_refusal(stack):
    stack.desk.switches["whmcs_denied"] = ["DomainGetWhoisInfo"]
    with pytest.raises(NotPermitted, match="domaingetwhoisinfo"):
        pulled(stack.platform("whois"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_old_address_is_replaced_in_every_role_that_holds_it_and_nothing_else_moves(stack, domain):
    whois = stack.platform("whois")
    fix = set_email(f"whois:domain:{domain}", DOMAINS[domain], "new+a&b@new.example")
    before = whois.api.roles(domain)
    image = whois.fixes.image(whois.api, fix)
    assert whois.fixes.read(whois.api, fix) == fix.before
    whois.fixes.write(whois.api, fix)
    assert whois.fixes.read(whois.api, fix) == {"email": fix.after["email"]}
    now = whois.fixes.image(whois.api, fix)
    assert {name for name in image if now[name] != image[name]} == {"addresses"} == whois.fixes.CAN[fix.action]
    changed = {
        (role, key): value
        for role, fields in whois.api.roles(domain).items()
        for key, value in fields.items()
        if before[role][key] != value
    }
    assert {role for role, _ in changed} == {"Registrant", "Admin"}
    assert set(changed.values()) == {"new+a&b@new.example"}
    (written,) = stack.desk.writes
    assert (written["record"], written["effect"]) == (f"whois:domain:{domain}", "applied")


def test_a_save_that_does_nothing_is_seen_by_reading_back(stack):
    stack.desk.switches["whois_save"] = "ignored"
    whois = stack.platform("whois")
    fix = set_email("whois:domain:31", "ann@example.com", "ann@new.example")
    whois.fixes.write(whois.api, fix)
    assert whois.fixes.read(whois.api, fix) == fix.before
    assert [written["effect"] for written in stack.desk.writes] == ["none"]


@pytest.mark.parametrize(("blanks", "spelled"), [("underscore", "_"), ("removed", "")])
def test_blanks_are_spelled_as_the_connection_says_and_no_field_is_lost(stack, blanks, spelled):
    stack.desk.switches.update(whois_blanks=blanks, whois_empty_refused=False)
    whois = stack.platform("whois", whois_blank=spelled)
    before = whois.api.roles("31")
    whois.fixes.write(whois.api, set_email("whois:domain:31", "ann@example.com", "ann@new.example"))
    after = whois.api.roles("31")
    moved = {(role, key) for role in before for key in before[role] if after[role][key] != before[role][key]}
    assert moved == {("Registrant", "Email Address"), ("Admin", "Email Address")}


@pytest.mark.parametrize("blanks", ["underscore", "removed", "verbatim"])
@pytest.mark.parametrize("domain", ["31", "32"])
def test_a_spelling_of_blanks_that_nobody_told_is_not_guessed(stack, blanks, domain):
    stack.desk.switches.update(whois_blanks=blanks, whois_empty_refused=False)
    whois = stack.platform("whois", whois_blank=None)
    before = whois.api.roles(domain)
    with pytest.raises(Refusal, match=r'domain of your own.*"whois_blank": "_"'):
        whois.fixes.write(whois.api, set_email(f"whois:domain:{domain}", DOMAINS[domain], "new@new.example"))
    assert whois.api.roles(domain) == before
    assert stack.desk.writes == []


@pytest.mark.parametrize(
    ("role", "field", "words"),
    [("Technical", "Email Address", "REDACTED FOR PRIVACY"), ("Registrant", "Phone Number", "Data Protected")],
)
def test_what_the_registrar_hides_is_never_sent_back_as_if_it_were_the_value(stack, role, field, words):
    stack.desk.switches["whois_hidden"] = {f"{role} {field}": words}
    whois = stack.platform("whois")
    assert whois.api.roles("31")[role][field] == words
    with pytest.raises(Refusal, match=rf"hides values of whois:domain:31 \(in {role}\)"):
        whois.fixes.write(whois.api, set_email("whois:domain:31", "ann@example.com", "ann@new.example"))
    assert stack.desk.writes == []


def test_names_without_blanks_need_no_spelling(stack):
    whois = stack.platform("whois", whois_blank=None)
    fix = set_email("whois:domain:33", DOMAINS["33"], "new@new.example")
    whois.fixes.write(whois.api, fix)
    assert whois.fixes.read(whois.api, fix) == {"email": "new@new.example"}


def test_a_registrar_that_takes_our_spelling_of_blanks_for_other_fields_blanks_nothing(stack):
    stack.desk.switches["whois_blanks"] = "verbatim"
    whois = stack.platform("whois")
    fix = set_email("whois:domain:31", "ann@example.com", "ann@new.example")
    before = whois.api.roles("31")
    with pytest.raises(Refusal):
        whois.fixes.write(whois.api, fix)
    assert whois.api.roles("31") == before


def test_a_registrant_at_another_address_is_not_ours_to_touch(stack):
    whois = stack.platform("whois")
    with pytest.raises(Refusal, match="whois:domain:31 holds the old address in no role"):
        whois.fixes.write(whois.api, set_email("whois:domain:31", "other@example.com", "ann@new.example"))
    assert stack.desk.writes == []


def test_a_registrar_s_words_are_not_repeated(stack):
    stack.desk.switches["whois_refused"] = ["31"]
    whois = stack.platform("whois")
    with pytest.raises(Refusal) as caught:
        whois.fixes.read(whois.api, set_email("whois:domain:31", "ann@example.com", "ann@new.example"))
    assert "jane" not in str(caught.value).lower()


@pytest.mark.parametrize("consent", [None, "", "ticket 1", "ticket 1 (whois:domain:3)", "ticket 1 (whois:domain:33)"])
def test_without_the_client_s_consent_for_this_very_domain_nothing_is_sent(stack, consent):
    whois = stack.platform("whois")
    fix = set_email("whois:domain:31", "ann@example.com", "ann@new.example", consent=consent)
    with pytest.raises(Refusal, match=r"Nobody wrote down that the client agreed .* for whois:domain:31"):
        whois.fixes.write(whois.api, fix)
    assert stack.desk.writes == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_save_of_a_part_is_not_taken_for_the_whole(stack, domain):
    stack.desk.switches["whois_save"] = "registrant"
    whois = stack.platform("whois")
    fix = set_email(f"whois:domain:{domain}", DOMAINS[domain], "new@new.example")
    whois.fixes.write(whois.api, fix)
    assert whois.fixes.read(whois.api, fix) == {"email": "new@new.example", "roles with the old address": ["Admin"]}


def test_a_change_answers_by_when_what_must_happen(stack):
    whois = stack.platform("whois")
    days = {"verification_days": 15, "transfer_lock_days": 60}
    told = whois.fixes.write(whois.api, set_email("whois:domain:31", "ann@example.com", "ann@new.example", **days))
    assert "(15 days), or the registrar suspends the domain" in told
    assert "against transfer until" in told
    assert "@" not in told


def test_a_client_s_domains_are_its_own_and_say_whether_the_registrar_holds_them(stack):
    found = domains_of(stack.platform("whois", page_size=1).api, Ref("whmcs", "client", "11"))
    assert found == (
        Domain(Ref("whois", "domain", "31"), "a.example", registered=True),
        Domain(Ref("whois", "domain", "33"), "c.example", registered=True),
    )
    assert domains_of(stack.platform("whois").api, Ref("whmcs", "client", "13")) == ()


def test_nothing_is_saved_at_a_registrar_through_a_whmcs_too_old(stack):
    stack.desk.switches["whmcs_version"] = "8.0.4-release.1"
    whois = stack.platform("whois")
    with pytest.raises(SettingsWrong, match=r"needs 8\.1"):
        whois.fixes.write(whois.api, set_email("whois:domain:31", "ann@example.com", "ann@new.example"))
    assert stack.desk.writes == []


def test_the_answer_to_a_change_under_a_country_s_domain_tells_no_rule_of_icann(stack):
    whois = stack.platform("whois")
    fix = set_email("whois:domain:31", DOMAINS["31"], "new@new.example")
    fix = replace(fix, after=fix.after | {"domain": "ann.co.uk", "transfer_lock_days": 60})
    assert "country's domain" in whois.fixes.write(whois.api, fix)
