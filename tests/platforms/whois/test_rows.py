"""What registrars say about a domain's holder in our words, in the spellings of public registrar modules."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from include.errors import UnexpectedAnswer
from include.model import Contact
from include.platforms import Page
from include.platforms.whois import roles, rows

FACTS = Path(__file__).parents[4] / "shared/specs/whmcs/registrar-contact-fields.yaml"
DOMAIN = {"id": "3", "userid": "12", "status": "Active", "regdate": "2019-05-01", "domainname": "demo.example"}
SAMPLE = {
    "First Name": "Ann",
    "Last Name": "O&#039;Brien",
    "Company Name": "",
    "Email Address": "ann@example.com",
    "Address 1": "1 Main Street",
    "Address 2": "Flat 2",
    "City": "Springfield",
    "Postcode": "12345",
    "Country": "US",
    "Phone Number": "+1.5550123",
}
EXPECTED = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "O'Brien",
    "phone": "+1.5550123",
    "address": "1 Main Street, Flat 2",
    "city": "Springfield",
    "postcode": "12345",
    "country": "US",
}


def raw(said, domain=DOMAIN):
    return {
        "domains": [{"domains": {"domain": [domain]}}],
        "whois": [{"whois": [{"domainid": "3", "said": said}]}],
    }


@pytest.mark.parametrize(
    "registrant",
    [
        pytest.param(SAMPLE, id="names-with-blanks"),
        pytest.param({key.replace(" ", "_"): value for key, value in SAMPLE.items()}, id="names-with-underscores"),
        pytest.param(json.dumps(SAMPLE), id="a-json-text"),
        pytest.param(
            {"Contact Name": "Ann O'Brien", "Email": "ann@example.com", "Phone": "+1.5550123"}
            | {key: SAMPLE[key] for key in ("Address 1", "Address 2", "City", "Postcode", "Country")},
            id="one-field-for-the-whole-name",
        ),
    ],
)
def test_a_registrant_in_our_words_whatever_its_fields_are_called(registrant):
    said = {"result": "success", "Registrant": registrant, "Tech": {"Email": "host@example.net"}}
    assert list(rows.contacts(raw(said))) == [
        Contact(
            platform="whois",
            kind="domain",
            id="3",
            created_at=datetime(2019, 5, 1, tzinfo=UTC),
            links=("whmcs:client:12", "whois:name:demo.example"),
            **EXPECTED,
        )
    ]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(None, id="the-registrar-would-not-tell"),
        pytest.param({"result": "success"}, id="no-roles"),
        pytest.param({"result": "success", "Registrant": "{broken"}, id="a-broken-text"),
        pytest.param({"result": "success", "Registrant": {"Email": "REDACTED FOR PRIVACY"}}, id="redacted"),
        pytest.param({"result": "success", "Registrant": {"Email": "Data Protected"}}, id="protected"),
        pytest.param({"result": "success", "Admin": {"Email": "ann@example.com"}}, id="only-another-role"),
    ],
)
def test_an_address_that_is_not_told_is_unknown(said):
    (contact,) = rows.contacts(raw(said))
    assert contact.email is None
    assert contact.links == ("whmcs:client:12", "whois:name:demo.example")


def test_an_answer_about_a_domain_that_was_not_listed_is_an_error():
    with pytest.raises(UnexpectedAnswer, match="not in the stream 'domains'"):
        list(rows.contacts(raw({}, domain={**DOMAIN, "id": "4"})))


def test_a_role_that_cannot_be_read_is_an_error_to_one_who_is_about_to_write():
    with pytest.raises(UnexpectedAnswer, match="the role 'Admin'"):
        roles.roles({"Registrant": {}, "Admin": "{broken"}, strict=True)


def test_pages_name_their_records():
    pages = {stream: Page(stream, bodies[0]) for stream, bodies in raw(None).items()}
    assert {stream: rows.ids(page) for stream, page in pages.items()} == {"domains": ["3"], "whois": ["3"]}
    assert [rows.count(page) for page in pages.values()] == [1, 1]
    assert list(rows.orders(raw(None))) == []


@pytest.mark.skipif(not FACTS.exists(), reason="the table of registrar modules is not on this machine")
def test_every_known_registrar_module_has_an_address_field_by_our_rule():
    for module in yaml.safe_load(FACTS.read_text())["modules"]:
        fields = dict.fromkeys([*module.get("fields", ()), module.get("email_field", "Email")], "")
        assert roles.email_fields(fields) == [module.get("email_field", "Email")], module["name"]
