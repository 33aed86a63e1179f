"""The nouns keep their promises: references, keys, hashes."""

from __future__ import annotations

import dataclasses
import json

import pytest

from include.model import Action, Evidence, Finding, Fix, Option, Ref

FIX = Fix(Ref("hubspot", "contact", "5"), Action.SET_EMAIL, {"email": "old@example.com"}, {"email": "new@example.com"})
FINDING = Finding(
    rule="email_mismatch",
    subject=Ref("hubspot", "contact", "5"),
    others=(Ref("whmcs", "client", "9"), Ref("shopify", "customer", "7")),
    confidence=0.9,
    because=(Evidence("link", 5.0, "HubSpot names the Shopify account."),),
    options=(Option("Use the new address", (FIX,)),),
    recommended=0,
)


def test_a_reference_survives_colons_in_its_id():
    assert Ref.parse("whois:domain:a:b") == Ref("whois", "domain", "a:b")


@pytest.mark.parametrize("text", ["", "hubspot", "hubspot:contact", "::", "hubspot::5"])
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ValueError, match="not a reference"):
        Ref.parse(text)


def test_a_key_does_not_depend_on_the_order_of_the_others():
    turned = dataclasses.replace(FINDING, others=FINDING.others[::-1])
    assert turned.key == FINDING.key == "email_mismatch/hubspot:contact:5/shopify:customer:7+whmcs:client:9"


def test_a_finding_survives_json():
    again = Finding.from_json(json.loads(json.dumps(FINDING.as_json())))
    assert again.as_json() == FINDING.as_json()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(dataclasses.replace(FIX, after={"email": "evil@example.com"}), id="another-after"),
        pytest.param(dataclasses.replace(FIX, before={"email": "else@example.com"}), id="another-before"),
        pytest.param(dataclasses.replace(FIX, target=Ref("hubspot", "contact", "6")), id="another-record"),
        pytest.param(dataclasses.replace(FIX, action=Action.ADD_EMAIL), id="another-action"),
    ],
)
def test_another_fix_has_another_hash(other):
    option = FINDING.options[0]
    assert dataclasses.replace(option, fixes=(other,)).hash(FINDING.key) != option.hash(FINDING.key)


def test_the_same_option_of_another_finding_has_another_hash():
    option = FINDING.options[0]
    assert option.hash("email_mismatch/hubspot:contact:6/") != option.hash(FINDING.key)
