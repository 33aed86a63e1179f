"""
A hosting company of three clients, small enough to know by heart, and its WHMCS and WHM on real HTTP.

Ann owns clients 11 and 13 with one login; Bob's client has no phone, which WHMCS minds unless told not to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from starlette.routing import Mount, Router

from include.key import Key
from include.model import Action, Fix, Ref
from include.platforms import Platform, open_platform
from include.sandbox import whm, whmcs
from include.sandbox.desk import Desk
from include.sandbox.faults import Faults
from include.sandbox.server import serve_in_thread
from include.sandbox.world import Account, Purchase, World

THEN = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
ANN = {"first_name": "Ann", "last_name": "O'Brien", "phone": "+1 555 0123", "street": "1 Main Street"}
BOB = {"first_name": "Bob", "last_name": "Stone", "phone": None, "street": "2 Side Street"}


def hosting_world() -> World:
    """The company's books."""
    return World(
        seed=7,
        humans=[],
        accounts=[
            _account("whmcs", "login", "5", "ann", "ann@example.com", **ANN, extra={"clients": ["11", "13"]}),
            _account("whmcs", "login", "6", "bob", "bob@example.com", **BOB, extra={"clients": ["12"]}),
            _account("whmcs", "client", "11", "ann", "ann@example.com", **ANN, extra=_owned("5", "7", "annsite")),
            _account("whmcs", "client", "12", "bob", "bob@example.com", **BOB, extra=_owned("6", "8", "bobsite")),
            _account("whmcs", "client", "13", "ann", "ann@shop.example", **ANN, extra={"owner": "5", "products": []}),
            _account("cpanel", "hosting", "annsite", "ann", "ann@example.com", extra=_site("ann", "ann@example.com")),
            _account("cpanel", "hosting", "bobsite", "bob", "bob@example.com", extra=_site("bob", None)),
            _account(
                "whois", "domain", "31", "ann", "ann@example.com", **ANN, extra=_domain("a.example", "alpha", "11")
            ),
            _account(
                "whois", "domain", "32", "bob", "bob@example.com", **BOB, extra=_domain("b.example", "beta", "12")
            ),
            _account(
                "whois", "domain", "33", "ann", "ann@example.com", **ANN, extra=_domain("c.example", "gamma", "11")
            ),
        ],
        purchases=[_purchase("1", "11"), _purchase("2", "12")],
        planted=[],
    )


@dataclass
class Stack:
    """The running sandbox of one test."""

    url: str
    desk: Desk
    faults: Faults
    session: requests.Session

    def platform(self, name: str, secret: str = "sandbox", **options: Any) -> Platform:
        """One of our platforms, opened on the sandbox."""
        home = "whm" if name == "cpanel" else "whmcs"
        key = Key("sandbox", secret, {"whois_blank": "_"} | options)
        return open_platform(name, self.session, f"{self.url}/{home}", key, sleep=lambda _seconds: None)

    def arm(self, fault: str, match: str, platform: str = "whmcs", **how: Any) -> None:
        """Let a fault strike the next request that matches."""
        self.faults.arm([{"platform": platform, "match": match, "fault": fault, **how}])

    def ask(self, action: str, **fields: Any) -> dict[str, Any]:
        """What WHMCS answers to a request made by hand."""
        form = {"identifier": "sandbox", "secret": "sandbox", "action": action, **fields}
        return dict(self.session.post(f"{self.url}/whmcs/includes/api.php", data=form, timeout=10).json())


@contextmanager
def served(world: World) -> Iterator[Stack]:
    """WHMCS and WHM of `world` on a port of their own, with faults to arm."""
    desk = Desk(world)
    twins = {"whmcs": whmcs.routes(world, desk), "whm": whm.routes(world, desk)}
    faults = Faults(Router([Mount(f"/{name}", routes=routes) for name, routes in twins.items()]))
    running = serve_in_thread(faults)
    with requests.Session() as session:
        yield Stack(running.url, desk, faults, session)
    running.stop()


@pytest.fixture
def stack() -> Iterator[Stack]:
    """The hosting company's platforms, fresh for one test."""
    with served(hosting_world()) as running:
        yield running


def set_email(target: str, before: str | None, after: str, **told: Any) -> Fix:
    """The fix that moves a record from one address to another; a domain's comes with the client's consent."""
    consent = {"consent": f"ticket 1 ({target})"} if target.startswith("whois:") else {}
    return Fix(Ref.parse(target), Action.SET_EMAIL, {"email": before}, {"email": after, **consent, **told})


def _account(platform: str, kind: str, key: str, human: str, email: str, **known: Any) -> Account:
    blank = dict.fromkeys(("first_name", "last_name", "company", "phone", "street"))
    place = {"city": "Springfield", "postcode": "12345", "country": "US", "state": None}
    rest = {"other_emails": [], "channels": [], "links": [], "created_at": THEN, "updated_at": THEN}
    given = {**blank, **place, **rest, **known}
    return Account(platform=platform, kind=kind, id=key, human=human, email=email, **given)


def _owned(owner: str, product: str, user: str) -> dict[str, Any]:
    return {"owner": owner, "products": [{"id": product, "username": user, "domain": f"{user}.example"}]}


def _site(name: str, second: str | None) -> dict[str, Any]:
    return {"domain": f"{name}site.example", "contactemail2": second}


def _domain(name: str, registrar: str, client: str) -> dict[str, Any]:
    return {"domain": name, "registrar": registrar, "client": client}


def _purchase(key: str, client: str) -> Purchase:
    blank = dict.fromkeys(("first_name", "last_name", "phone", "street", "city", "postcode", "country", "channel"))
    return Purchase(
        platform="whmcs",
        id=key,
        number=f"900{key}",
        account=client,
        human="x",
        email="x@example.com",
        status="active",
        placed_at=THEN,
        updated_at=THEN,
        **blank,
    )
