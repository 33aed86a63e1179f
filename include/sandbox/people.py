"""Makes the humans and their records, one at a time and always in the same order for the same seed."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from faker import Faker

from include.sandbox.world import TODAY, Account, Human, Purchase

DOMAINS = ("mail.example", "post.example", "inbox.example", "example.com", "example.org", "gmail.com")
AREAS = (212, 213, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713, 806, 907)
KINDS = {"shopify": "customer", "bigcommerce": "customer", "hubspot": "contact", "whmcs": "client"}
PROPERTY = {"shopify": "shopify:customer", "bigcommerce": "bigcommerce:customer", "whmcs": "whmcs:client"}


class Maker:
    """Hands out names, addresses and ids that were never handed out before."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.faker = Faker("en_US", use_weighting=False)
        self.faker.seed_instance(seed)
        self.humans: list[Human] = []
        self.accounts: list[Account] = []
        self.purchases: list[Purchase] = []
        self._used: set[str] = set()
        self._ids = {
            "shopify:customer": count(7_000_000_000_121, 331),
            "shopify:order": count(5_000_000_000_057, 211),
            "bigcommerce:customer": count(11),
            "bigcommerce:order": count(101),
            "hubspot:contact": count(20_051, 7),
            "whmcs:client": count(21),
            "whmcs:login": count(501),
            "whmcs:order": count(3_001),
            "whois:domain": count(61),
            "product": count(901),
        }

    def id(self, of: str) -> str:
        return str(next(self._ids[of]))

    def human(self, **given: Any) -> Human:
        """A new person, unlike any other but for what is given."""
        first = given.get("first_name") or self.faker.first_name()
        last = given.get("last_name") or self.faker.last_name()
        facts: dict[str, Any] = {
            "id": f"p{len(self.humans) + 1}",
            "first_name": first,
            "last_name": last,
            "email": given.get("email") or self.address(first, last),
            "phone": f"+1{self.dice.choice(AREAS)}{self.dice.randint(2, 9)}{self.dice.randint(0, 999_999):06d}",
            "street": self.faker.street_address(),
            "city": self.faker.city(),
            "postcode": self.faker.postcode(),
            "country": "US",
            "company": self.faker.company() if self.dice.random() < 0.3 else None,
        }
        human = Human(**facts | given)
        self.humans.append(human)
        return human

    def address(self, first: str, last: str) -> str:
        """An address nobody has."""
        name = re.sub(r"[^a-z.]", "", f"{first}.{last}".lower())
        for number in count():
            address = f"{name}{number or ''}@{self.dice.choice(DOMAINS)}"
            key = address.replace(".", "")  # one provider ignores dots: two people must differ in more than that
            if key not in self._used:
                self._used.add(key)
                return address
        raise AssertionError("count() never ends")

    def account(self, platform: str, human: Human, **given: Any) -> Account:
        """A record of `human` on a platform that holds people: a customer, a contact, a client."""
        kind = KINDS[platform]
        created = TODAY - timedelta(days=self.dice.randint(200, 2_000), seconds=self.dice.randint(0, 86_399))
        facts: dict[str, Any] = {
            "platform": platform,
            "kind": kind,
            "id": self.id(f"{platform}:{kind}"),
            "human": human.id,
            "email": human.email,
            "other_emails": [],
            "first_name": human.first_name,
            "last_name": human.last_name,
            "company": human.company if platform != "shopify" else None,
            "phone": _spelled(platform, human.phone),
            "street": human.street,
            "city": human.city,
            "postcode": human.postcode,
            "country": human.country,
            "state": "activated" if platform in {"shopify", "bigcommerce"} else None,
            "channels": [],
            "created_at": created,
            "updated_at": created + timedelta(days=self.dice.randint(0, 120), seconds=self.dice.randint(0, 86_399)),
            "links": [],
            "extra": {},
        }
        account = Account(**facts | given)
        self.accounts.append(account)
        if platform == "whmcs":
            self._hosting(account)
        return account

    def link(self, contact: Account, other: Account) -> None:
        """Let a HubSpot contact name the record it was made from."""
        contact.links.append(f"{PROPERTY[other.platform]}:{other.id}")

    def purchase(self, platform: str, human: Human, account: Account | None, **given: Any) -> Purchase:
        placed = TODAY - timedelta(days=self.dice.randint(10, 190), seconds=self.dice.randint(0, 86_399))
        order_id = self.id(f"{platform}:order")
        facts: dict[str, Any] = {
            "platform": platform,
            "id": order_id,
            "number": str(1_000 + len(self.purchases)),
            "account": account.id if account else None,
            "human": human.id,
            "email": account.email if account else human.email,
            "first_name": human.first_name,
            "last_name": human.last_name,
            "phone": human.phone,
            "street": human.street,
            "city": human.city,
            "postcode": human.postcode,
            "country": human.country,
            "status": {"bigcommerce": "completed", "whmcs": "active"}.get(platform, "paid"),
            "channel": "1" if platform == "bigcommerce" else "web",
            "placed_at": placed,
            "updated_at": placed + timedelta(hours=self.dice.randint(1, 60)),
        }
        purchase = Purchase(**facts | given)
        self.purchases.append(purchase)
        return purchase

    def later(self, moment: datetime, days: int) -> datetime:
        """Some time on the day that is `days` after `moment`."""
        return moment + timedelta(days=days, seconds=self.dice.randint(0, 80_000))

    def _hosting(self, client: Account) -> None:
        """A client's login, and for some a website with its domain."""
        login = replace(client, kind="login", id=self.id("whmcs:login"), links=[], extra={"clients": [client.id]})
        client.extra |= {"owner": login.id, "products": []}
        self.accounts.append(login)
        if self.dice.random() < 0.6:
            self.website(client)

    def website(self, client: Account) -> None:
        """A client's website with its domain, where it has none yet."""
        if not client.extra["products"]:
            user = f"{re.sub(r'[^a-z]', '', (client.last_name or 'site').lower())[:4]}{client.id}"[:8]
            domain = f"{user}.example"
            client.extra["products"].append({"id": self.id("product"), "username": user, "domain": domain})
            site = {"domain": domain, "contactemail2": ""}
            self.accounts.append(replace(client, platform="cpanel", kind="hosting", id=user, links=[], extra=site))
            whois = {"domain": domain, "registrar": self.dice.choice(("alpha", "beta")), "client": client.id}
            key = self.id("whois:domain")
            self.accounts.append(replace(client, platform="whois", kind="domain", id=key, links=[], extra=whois))


def _spelled(platform: str, phone: str) -> str:
    """The same number as different systems spell it."""
    area, first, last = phone[2:5], phone[5:8], phone[8:]
    spellings = {"hubspot": f"({area}) {first}-{last}", "bigcommerce": f"{area}-{first}-{last}"}
    return spellings.get(platform, phone)
