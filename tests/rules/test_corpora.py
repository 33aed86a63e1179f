"""
Whatever a platform holds, a fix gives a record only what some record says, letter by letter, and knows what it has.

So nothing is lower-cased or trimmed on the way: an option's label spells the address that is written.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.digests import canonical
from include.model import Action, Contact, Finding, Fix, Order
from include.registry import load, names
from tests.rules.tables import contact, night, order

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")


def said() -> tuple[list[str], list[str]]:
    """Addresses, right and wrong ones, and texts that have broken programs."""
    tree = ElementTree.parse(CORPORA / "isemail" / "tests.xml")
    found = [node.text or "" for node in tree.iter("address")]
    cases = json.loads((CORPORA / "email_validator" / "cases.json").read_text("utf-8"))
    found += [case["input"] for case in cases if isinstance(case["input"], str)]
    naughty = json.loads((CORPORA / "blns" / "blns.json").read_text("utf-8"))
    found += [f" {text.upper()} " for text in found if "@" in text] + naughty
    return [text for text in dict.fromkeys(found) if text.isprintable() or text.encode("utf-8", "ignore")], naughty


def world() -> list[Contact | Order]:
    """Of each address: a shop's account and a contact that names it, a second contact, a client, a guest's order."""
    emails, texts = said()
    rows: list[Contact | Order] = []
    for at, email in enumerate(emails):
        id, who = str(at), {"first_name": texts[at % len(texts)], "last_name": f"Roe{texts[at * 7 % len(texts)]}"}
        phone, new = f"+1503{2340000 + at}", f"Ann.{at}@New.example"
        rows += [
            contact("shopify", id, new, state="activated", **who),
            contact("hubspot", id, email, phone=phone, links=(f"shopify:customer:{id}",), **who),
            contact("hubspot", f"{id}0000", f"{at}@second.example", phone=phone, company=texts[at % 97], **who),
            contact("bigcommerce", id, email, **who),
            contact("whmcs", id, f"{at}@bill.example", links=(f"whmcs:login:{id}",), address=texts[at % 89], **who),
            contact("whmcs", id, email, kind="login", **who),
            order("bigcommerce", id, email.swapcase(), **who),
        ]
    return rows


@pytest.fixture(scope="module")
def judged() -> tuple[list[Contact | Order], list[Finding]]:
    rows = world()
    tables = night(rows)
    return rows, [one for rule in names("rules") for one in load("rules", rule).find(tables)]


def fixes(findings: list[Finding], *actions: Action) -> Iterator[Fix]:
    return (fix for one in findings for option in one.options for fix in option.fixes if fix.action in actions)


def test_every_rule_but_the_one_on_shared_mailboxes_finds_much_in_them(judged):
    _, found = judged
    counts = Counter(one.rule for one in found)
    assert min(counts[rule] for rule in names("rules") if rule != "shared_mailbox") > 30
    for one in found:
        assert json.loads(canonical(one.as_json()))["key"] == one.key


def test_an_address_is_changed_from_what_the_record_says_to_what_another_one_says(judged):
    rows, found = judged
    held = {f"{row.platform}:{row.kind}:{row.id}": row.email for row in rows if isinstance(row, Contact)}
    changed = list(fixes(found, Action.SET_EMAIL))
    assert len(changed) > 100
    for fix in changed:
        assert fix.before["email"] == held[str(fix.target)]
        assert fix.after["email"] in held.values()
    for fix in fixes(found, Action.ADD_EMAIL):
        assert set(fix.after["other_emails"]) <= set(held.values())
    for fix in fixes(found, Action.MERGE):
        assert fix.before["email"] == fix.after["email"] == held[str(fix.target)]
        assert fix.before["duplicate_email"] == held[fix.before["duplicate"]]


def test_an_option_spells_the_address_that_it_writes(judged):
    _, found = judged
    for one in found:
        if one.rule == "email_mismatch":
            for option in one.options:
                for fix in option.fixes:
                    if fix.action == Action.SET_EMAIL:
                        assert fix.after["email"] in option.label
