"""What others collected of odd addresses, numbers and texts: their verdicts are ours, and nothing raises."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from include.people import addresses, companies, names, phones

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
CONTROLS = {0x2400 + code: code for code in range(32)}  # how isemail writes what XML cannot hold
TO_THE_LETTER = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN")
VALID = ("test_email_valid", "test_email_valid_intl_local_part", "test_email_valid_only_if_quoted_local_part")
INVALID = ("test_email_invalid_syntax", "test_email_invalid_reserved_domain", "test_email_unsafe_character")
NEWER = '"test\\©"@iana.org'  # wrong until addresses could have letters of every script
A_DOMAIN_ON_TOP = "test@io"  # nobody has mail there
HEADERS_ONLY = ("(", "[", "\x07", "\x7f", '".', '."')  # a comment, an address of numbers, controls, halves in quotes
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")


def isemail() -> list[tuple[str, str]]:
    """Each address of the corpus with its category."""
    tests = ElementTree.parse(CORPORA / "isemail" / "tests.xml").iter("test")
    return [
        ((each.findtext("address") or "").translate(CONTROLS), each.findtext("category", "ISEMAIL_ERR"))
        for each in tests
    ]


def email_validator(*groups: str) -> list[str]:
    """The addresses of some groups of the corpus."""
    cases = json.loads((CORPORA / "email_validator" / "cases.json").read_text("utf-8"))
    return [case["input"] for case in cases if case["group"] in groups and isinstance(case["input"], str)]


def copied(text: str) -> bool:
    """Whether an address stands between blanks, or after a name, as it was copied: that is no part of it."""
    return text != text.strip() or (text.endswith(">") and addresses.normal(text[text.index("<") + 1 : -1]) is not None)


def test_what_isemail_holds_for_wrong_is_no_address_and_what_it_holds_for_right_is_one():
    told = isemail()
    wrong = [text for text, category in told if category == "ISEMAIL_ERR" and not copied(text)]
    right = [text for text, category in told if category in TO_THE_LETTER]
    assert (len(wrong), len(right)) == (50, 22)
    assert [text for text in wrong if addresses.normal(text)] == [NEWER]
    assert [text for text in right if addresses.normal(text) is None] == [A_DOMAIN_ON_TOP]


def test_what_stands_in_a_messages_header_only_is_no_address():
    odd = [text for text, category in isemail() if category not in ("ISEMAIL_ERR", *TO_THE_LETTER)]
    assert [text for text in odd if any(each in text for each in HEADERS_ONLY) and addresses.normal(text)] == []


def test_the_verdicts_of_email_validators_own_tests_hold():
    valid, invalid = email_validator(*VALID), email_validator(*INVALID)
    assert (len(valid), len(invalid)) == (35, 96)
    assert [text for text in valid if addresses.normal(text) is None] == []
    assert [text for text in invalid if addresses.normal(text) and not copied(text)] == []


def test_a_number_in_normal_form_is_its_own_normal_form():
    cases = json.loads((CORPORA / "phones" / "libphonenumber_test_strings.json").read_text("utf-8"))
    known = 0
    for case in cases:
        region = case["region_or_second"] or "US"
        for text in (case["text"], region):
            found = phones.normal(text, region if len(region) == 2 else "NZ")
            known += found is not None
            assert found is None or phones.normal(found, "DE") == found, text
    assert known > 100


def test_no_naughty_text_breaks_a_normal_form():
    texts = json.loads((CORPORA / "blns" / "blns.json").read_text("utf-8"))
    assert len(texts) > 500
    for text in texts:
        name = names.normal(text, text)
        assert names.agree(name, name) is not False
        assert companies.normal(text) is None or companies.normal(text.lower()) == companies.normal(text)
        found = addresses.normal(f"{text}@example.com")
        assert found is None or addresses.normal(found.key) == found
        phones.normal(text, "US")
