"""Plants addresses that drifted apart around a WHMCS client, and mailboxes that several people share."""

from __future__ import annotations

from datetime import timedelta

from include.sandbox.people import Maker
from include.sandbox.world import TODAY, Account, Human, Planted

BY_A_PERSON = {"recommended": None}  # no option is recommended: somebody must decide


def billing_drift(make: Maker, number: int) -> Planted:
    """They told of a new address and order with it; their cPanel account stayed behind, and for some their login."""
    human = make.human()
    shop, contact = make.account("shopify", human), make.account("hubspot", human)
    client = _client(make, human)
    make.link(contact, shop)
    make.link(contact, client)
    before = TODAY - timedelta(days=150)
    make.purchase("shopify", human, shop, placed_at=before, updated_at=before)
    human.old_email, human.email = human.email, make.address(human.first_name, human.last_name)
    beside = _beside(make, human)
    behind = {"hosting", "login"} if number % 2 else {"hosting"}
    for account in (shop, contact, client, *(one for one in beside if one.kind not in behind)):
        account.email = human.email
        account.updated_at = TODAY - timedelta(days=40)
    since = TODAY - timedelta(days=20)
    make.purchase("shopify", human, shop, placed_at=since, updated_at=since)
    redact_registrants(make, human)
    records = [client.ref, *(one.ref for one in beside if one.kind != "domain")]
    right = {"email": human.email, "old": human.old_email}
    return Planted("billing_drift", "billing_drift", records, right)


def registrant_drift(make: Maker) -> Planted:
    """A domain's registrant kept their old address: only with their consent may it change."""
    human = make.human()
    client = _client(make, human)
    (domain,) = [one for one in _beside(make, human) if one.kind == "domain"]
    human.old_email = domain.email = make.address(human.first_name, human.last_name)
    return Planted("registrant_drift", "billing_drift", [client.ref, domain.ref], dict(BY_A_PERSON))


def shared_mailbox(make: Maker, number: int) -> Planted:
    """
    Two of a household have one mailbox: one buys as a guest where the other has the account, or signs in with it.
    """
    first = make.human()
    second = make.human(last_name=first.last_name, street=first.street, city=first.city, postcode=first.postcode)
    while second.first_name == first.first_name:
        second.first_name = make.faker.first_name()
    contact = make.account("hubspot", first)
    if number % 2:
        known, client = make.account("hubspot", second), make.account("whmcs", second)
        make.link(known, client)
        redact_registrants(make, second)
        (login,) = [one for one in _beside(make, second) if one.kind == "login"]
        login.email = first.email
        return Planted("shared_mailbox", "shared_mailbox", [contact.ref, login.ref], dict(BY_A_PERSON))
    account = make.account("shopify", second, email=first.email)
    make.purchase("shopify", first, None)
    return Planted("shared_mailbox", "shared_mailbox", [contact.ref, account.ref], dict(BY_A_PERSON))


def redact_registrants(make: Maker, human: Human) -> None:
    """Let the registrars hide their address, as most do: there is no consent to change what they hold."""
    for one in _beside(make, human):
        if one.kind == "domain":
            one.email = "REDACTED FOR PRIVACY"


def _client(make: Maker, human: Human) -> Account:
    """A WHMCS client with a website."""
    client = make.account("whmcs", human)
    make.website(client)
    return client


def _beside(make: Maker, human: Human) -> list[Account]:
    """The login, hosting account and domain of a human."""
    return [one for one in make.accounts if one.human == human.id and one.kind in ("login", "hosting", "domain")]
