"""An email change tells the old address and the new one, once each, and each only what it may know."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from include import notices
from include.model import Action, Fix, Notice, Ref
from include.settings import Settings
from include.store import outbox
from tests.notices.mailing import HOSTILE, ID, NEW, NOW, OLD, add_email, rows, set_email

SETTINGS = Settings(company="Harbor Hosting", support_contact="help@harbor.example", mail_sender="us@harbor.example")


def told(*fixes: Fix, settings: Settings = SETTINGS, version: int = 1) -> list[Notice]:
    return notices.of_change(ID, version, fixes, settings, NOW)


def roles(*fixes: Fix) -> list[tuple[str, str]]:
    return sorted((one.message_id.split(".")[2], one.recipient) for one in told(*fixes))


def the(role: str, messages: list[Notice]) -> Notice:
    (one,) = (one for one in messages if f".{role}." in one.message_id)
    return one


def other(action: Action, target: str = "shopify:customer:1") -> Fix:
    return Fix(Ref.parse(target), action, {"email": OLD, "state": "guest"}, {"email": NEW, "state": "invited"})


BOTH = [("new", NEW), ("old", OLD)]
EVERYWHERE = [
    *("whmcs:login", "whmcs:client", "shopify:customer", "bigcommerce:customer"),
    *("hubspot:contact", "cpanel:hosting", "whois:domain"),
]


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        pytest.param([set_email()], BOTH, id="one-record"),
        pytest.param(
            [set_email(f"{name}:1") for name in EVERYWHERE],
            BOTH,
            id="every-platform-once",
        ),
        pytest.param(
            [set_email(), set_email("hubspot:contact:2", OLD.upper(), NEW.title())], BOTH, id="spelled-in-another-case"
        ),
        pytest.param([set_email(old=f"{OLD} ")], BOTH, id="a-blank-at-its-end"),
        pytest.param([set_email(), set_email("hubspot:contact:2", f" {OLD}")], BOTH, id="a-blank-on-one-record"),
        pytest.param([set_email(old=NEW.upper())], [("new", NEW)], id="only-the-case-changed"),
        pytest.param(
            [set_email(), set_email("hubspot:contact:2", NEW, OLD)], [("new", NEW), ("new", OLD)], id="old-and-new-swap"
        ),
        pytest.param(
            [set_email(), set_email("hubspot:contact:2", "a@third.example")],
            [("new", NEW), ("old", "a@third.example"), ("old", OLD)],
            id="two-old-addresses",
        ),
        pytest.param([set_email(old=None)], [("new", NEW)], id="no-address-before"),
        pytest.param([add_email([OLD], [OLD, NEW])], [("new", NEW)], id="an-additional-address"),
        pytest.param(
            [add_email([OLD], [OLD.upper(), NEW])], [("new", NEW)], id="an-additional-address-in-another-case"
        ),
        pytest.param([add_email([OLD, NEW], [NEW])], [("old", OLD)], id="an-additional-address-is-gone"),
        pytest.param(
            [set_email(), add_email([], [OLD])], [("new", NEW), ("new", OLD)], id="the-old-one-is-kept-beside"
        ),
        pytest.param([set_email("shopify:order:1")], [], id="an-order"),
        pytest.param([other(action) for action in Action if "email" not in action], [], id="every-other-fix"),
        pytest.param([other(Action.SET_ORDER_EMAIL, "shopify:order:1")], [], id="an-invoice"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_each_address_is_told_once_in_its_role(fixes, expected):
    assert roles(*fixes) == expected


def test_the_old_address_learns_what_where_when_and_whom_to_ask():
    message = the("old", told(set_email("whmcs:login:1"), set_email("bigcommerce:customer:1")))

    for form in (message.text, message.html):
        for words in (
            "The email address of your account",
            "Sign-in (WHMCS)",
            "Store (BigCommerce)",
            "23 November 2026 at 14:05 (UTC)",
            "a•••@new.example",
            "help@harbor.example",
            "Harbor Hosting",
            ID,
        ):
            assert words in " ".join(form.split()), words


def test_the_new_address_learns_that_it_is_the_address_and_whom_to_ask():
    message = the("new", told(set_email(), add_email([], [NEW])))

    for form in (message.text, message.html):
        for words in (
            "This is now the email address of your account",
            "It was also added as an additional address for:",
            "Store (Shopify)",
            "Customer records (HubSpot)",
            "help@harbor.example",
            "Harbor Hosting",
        ):
            assert words in " ".join(form.split()), words


def test_neither_address_learns_the_other():
    messages = told(set_email())

    assert NEW not in str(the("old", messages))
    assert "old.example" not in str(the("new", messages))


def test_an_old_address_that_is_kept_as_an_additional_one_still_learns_what_took_its_place():
    message = next(one for one in told(set_email(), add_email([], [OLD])) if one.recipient == OLD)

    assert message.subject == "The email address of your account was changed"
    for form in (message.text, message.html):
        assert "It was replaced by another address for:" in form
        assert "a•••@new.example" in form


def test_an_address_whose_case_changed_was_not_replaced():
    (message,) = told(set_email(old=NEW.upper()))

    assert message.subject == "This is now the email address of your account"
    assert "replaced" not in message.text + message.html


@pytest.mark.parametrize(
    ("target", "said"),
    [("shopify:customer:1", True), ("whmcs:login:1", True), ("whmcs:client:1", False), ("cpanel:hosting:a", False)],
)
def test_only_an_address_that_is_signed_in_with_is_called_so(target, said):
    assert ("sign in with your email address" in the("new", told(set_email(target))).text) is said


def test_an_additional_address_is_not_called_the_address_of_the_account():
    message = the("new", told(add_email([], [NEW])))

    assert message.subject == "This email address was added to your account"
    assert "This is now" not in message.text + message.html


def test_a_platform_nobody_spelled_is_titled():
    assert "Store (Corner Shop)" in the("old", told(set_email("corner_shop:customer:1"))).text


@pytest.mark.parametrize("address", HOSTILE)
def test_the_old_address_is_shown_nothing_that_a_stranger_wrote_in_place_of_an_address(address):
    message = the("old", told(set_email(new=address)))

    assert "evil" not in (message.text + message.html + message.subject).casefold()
    assert "Store (Shopify): now •••\n" in message.text


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_cannot_be_written_to_keeps_no_other_from_being_told(ledger, address):
    with ledger.write() as connection:
        for one in told(set_email(old=address)):
            outbox.put(connection, one, NOW)

    assert [row.recipient for row in rows(ledger)] == [address, NEW]


def test_a_company_is_written_and_not_rendered():
    settings = Settings(company='<img src=x onerror="x"> & {{ 7 * 7 }}', support_contact="<b>help</b>@x.example")

    for one in told(set_email(), settings=settings):
        tags = _tags(one.html)
        assert {"img", "b"}.isdisjoint(tag for tag, _ in tags)
        assert settings.company in one.text
        assert "&lt;img src=x onerror=&#34;x&#34;&gt; &amp; {{ 7 * 7 }}" in one.html


@pytest.mark.parametrize(
    ("contact", "links"),
    [
        pytest.param("help@harbor.example", [f"mailto:help@harbor.example?subject=Reference%20{ID}"], id="an-address"),
        pytest.param("the desk, phone 555 0100", [], id="a-sentence"),
    ],
)
def test_nothing_can_be_clicked_but_the_support_address(contact, links):
    for one in told(set_email(), settings=Settings(support_contact=contact)):
        tags = _tags(one.html)
        assert [value for _, given in tags for name, value in given if name in {"href", "src"}] == links
        assert "://" not in one.text + one.html


def test_a_message_written_twice_is_in_the_outbox_once(ledger):
    for _ in range(2):
        with ledger.write() as connection:
            for one in told(set_email()):
                outbox.put(connection, one, NOW)

    assert [row.recipient for row in rows(ledger)] == [OLD, NEW]


def test_message_ids_are_the_same_for_the_same_recipient_and_another_for_another_version():
    def ids(old: str = OLD, version: int = 1) -> list[str]:
        return [one.message_id for one in told(set_email(old=old), version=version)]

    assert ids() == ids(OLD.upper())
    assert set(ids()).isdisjoint(ids(version=2))
    named = rf"<{ID}\.1\.(old|new)(\.[0-9a-f]{{16}}){{2}}@rollcall\.harbor\.example>"
    assert all(re.fullmatch(named, id) for id in ids())


def test_a_message_that_tells_a_recipient_more_is_another_one_and_one_that_tells_the_same_is_the_same():
    def ids(*fixes: Fix) -> dict[str, str]:
        return {one.recipient: one.message_id for one in told(*fixes)}

    more = set_email("bigcommerce:customer:2", "a@third.example")
    once, again = ids(set_email()), ids(set_email(), more)
    assert once[OLD] == again[OLD]
    assert once[NEW] != again[NEW]


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "Us <us@harbor.example>", "a@\u00fc.example"])
def test_a_wrong_sender_in_the_settings_makes_no_wrong_message_id(sender):
    for one in told(set_email(), settings=Settings(mail_sender=sender)):
        assert re.fullmatch(r"<[0-9a-z.]+@rollcall\.[a-z0-9.-]*[a-z0-9]>", one.message_id)


def test_every_message_says_that_a_machine_wrote_it():
    assert {one.headers["Auto-Submitted"] for one in told(set_email())} == {"auto-generated"}


def _tags(html: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, attrs))

    Reader().feed(html)
    return found
