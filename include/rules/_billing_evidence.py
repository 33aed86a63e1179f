"""The sentences of `billing_drift`: which record has which address, since when, and what a person must see to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from include.model import Evidence
from include.people import names
from include.registrant_change import deadlines, set_address
from include.rules import _billing as billing
from include.settings import settings

if TYPE_CHECKING:
    from include.rules._billing import Account, Record

LOGIN, HOSTING, REGISTRANT, CHANGED = 3.0, 2.0, 2.0, 3.0
UNKNOWN_NAME, SEVERAL_CLIENTS, TAKEN = -1.0, -2.0, -2.0


def evidence(account: Account, apart: list[Record]) -> list[Evidence]:
    """Everything for and against, and what passes."""
    login = next((one for one in apart if one.kind == "login"), None)
    told = [*_differences(account.client, apart), *_against(account, login)]
    return [*told, *_history(account, apart), *_remarks(account, apart)]


def advice(account: Account, told: list[Evidence], address: str | None, *, changes: bool) -> Evidence:
    """Which address is recommended and why, or why none is. `changes`: whether an option changes but a registrant."""
    if address:
        says = f"Recommended is {address}: it is the newer address, and nothing speaks against it."
    elif not changes:
        says = "No option is recommended: a registrant's address is the client's to decide on."
    elif any(evidence.weight < 0 for evidence in told):
        says = "No option is recommended: see what speaks against it."
    elif not any(evidence.weight > 0 and evidence.evidence.startswith("changed_") for evidence in told):
        says = "No option is recommended: nothing shows which of the addresses is out of date. Ask the client."
    elif used_elsewhere(account):
        says = "No option is recommended: other platforms have the client's address, and would be left behind."
    else:
        says = "No option is recommended: it is not clear of every address here whether it is out of date."
    return Evidence("recommendation", 0.0, says)


def ordered_since(account: Account, old: str, new: str) -> bool:
    """Whether all orders with the one address came before all orders with the other."""
    if old == new or old not in account.ordered or new not in account.ordered:
        return False
    return account.ordered[old][1] < account.ordered[new][0]


def used_elsewhere(account: Account) -> list[str]:
    """The other platforms on which this person has the client's address."""
    client = account.client
    return sorted({row["platform"] for row in account.person if row["key"] == client.key} - {client.ref.platform})


def moved_domain(account: Account, one: Record) -> bool:
    """Whether the server's word and WHMCS's differ on which domain a cPanel account is for."""
    return bool(one.named(billing.MAIN_DOMAIN)) and not billing.main_domain(account.client.links, one.links)


def _differences(client: Record, apart: list[Record]) -> Iterator[Evidence]:
    """What has which address."""
    for one in apart:
        match one.kind:
            case "login":
                says = f"The owner signs in with {one.email}; the client has {client.email}."
                yield Evidence("login_differs", LOGIN, says)
            case "hosting":
                says = f"cPanel account {one.ref.id} has {one.email}, which resets its password; the client has"
                yield Evidence("hosting_differs", HOSTING, f"{says} {client.email}.")
            case _:
                says = f"The registrant of {_domain(one)} has {one.email}; the client has {client.email}."
                yield Evidence("registrant_differs", REGISTRANT, says)


def _against(account: Account, login: Record | None) -> Iterator[Evidence]:
    """What speaks against changing something without a second look."""
    client = account.client
    if login and names.agree(login.name, client.name) is None:
        yield Evidence("name_unknown", UNKNOWN_NAME, "The client or its login bears no whole name.")
    if login and len(account.owned) > 1:
        ids = ", ".join(ref.id for ref in account.owned)
        says = f"The login owns {len(account.owned)} clients ({ids}): another address changes how all are signed in to."
        yield Evidence("several_clients", SEVERAL_CLIENTS, says)
    if login:
        for one in account.holders:
            if (one.ref.kind, one.key) == ("login", client.key) and one.ref != login.ref:
                says = f"The client's address is what login {one.ref.id} signs in with: no second login can have it."
                yield Evidence("taken_by_login", TAKEN, says)
            if (one.ref.kind, one.key) == ("client", login.key) and one.ref != client.ref:
                says = f"The login's address is client {one.ref.id}'s too: WHMCS may refuse it for a second client."
                yield Evidence("taken_by_client", TAKEN, says)


def _history(account: Account, apart: list[Record]) -> Iterator[Evidence]:
    """What tells which address is the newer one. Its kinds begin with `changed_`: it passes."""
    spelled = {one.key: one.email for one in (account.client, *account.beside)}
    for ref, old, new in account.moved:
        says = f"The address of {ref.platform} {ref.kind} {ref.id} was changed since the night before"
        yield Evidence("changed_since", CHANGED, f"{says}, from {spelled.get(old, old)} to {spelled[new]}.")
    keys = sorted({account.client.key, *(one.key for one in apart)})
    for old in keys:
        for new in keys:
            if ordered_since(account, old, new):
                last, first = account.ordered[old][1].date(), account.ordered[new][0].date()
                says = f"This person's orders were placed with {spelled[old]} until {last.isoformat()}"
                says += f", and with {spelled[new]} since {first.isoformat()}."
                yield Evidence("changed_in_orders", CHANGED, says)


def _remarks(account: Account, apart: list[Record]) -> Iterator[Evidence]:
    """What a person should know, and what they must see to by hand."""
    if places := used_elsewhere(account):
        says = f"This person has the client's address on {' and '.join(places)} too."
        yield Evidence("elsewhere_too", 0.0, says)
    told = [link.removeprefix("cpanel:elsewhere:") for link in account.client.links if ":elsewhere:" in link]
    for there in told:
        server, _, user = there.rpartition("/")
        says = f"cPanel account {user} is on {server}, which we do not reach: look at its address there."
        yield Evidence("elsewhere", 0.0, says)
    for one in apart:
        if one.kind == "hosting" and one.more:
            says = f"cPanel account {one.ref.id} has several addresses: change them by hand in WHM."
            yield Evidence("several_addresses", 0.0, says)
        if one.kind == "hosting" and moved_domain(account, one):
            says = f"cPanel account {one.ref.id} has another main domain on the server than in WHMCS: it may be"
            yield Evidence("other_domain", 0.0, f"{says} another account. It is not changed.")
        if one.kind == "domain":
            fix = set_address(one.ref, one.email, account.client.email, None, settings())
            sets_off = " ".join(deadlines(fix.after, name=one.named(billing.NAME)))
            says = f"{_domain(one)}: a new address of the registrant needs the client's consent. Until that is"
            says += f" written down, the registrar is asked nothing. {sets_off}"
            yield Evidence("consent", 0.0, says.rstrip())


def _domain(one: Record) -> str:
    return one.named(billing.NAME) or f"domain {one.ref.id}"
