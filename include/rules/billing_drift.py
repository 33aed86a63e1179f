"""
A WHMCS client, its owner's login, its cPanel accounts and its domains' registrants have different addresses.

**What is wrong.** The login of a client's owner, a cPanel account of the client or the registrant of one of its domains
has another address than the client, in more than spelling: an invoice, a password's reset or a registrar's warning
goes to a mailbox that nobody may read any more.

**Options.** Use the client's address for all; or, where they differ, the login's. The login is changed before the
client. A new address for a registrant may lock and suspend the domain: it is an option of its own, is never
recommended, and the registrar is asked nothing until the client's consent is written down. Recommended is the address
that is known to be the newer one: a record was changed to it from the other since the night before, or the person's
orders were placed with the other one first and with this one since. Never where the login owns several clients, for
which it would change too, and never the login's where other platforms have the client's. cPanel accounts on a server
that we do not reach are named, and not changed.

**Left alone.** A client whose address is in dispute with another platform: `email_mismatch` settles that first, and
changes the login and the cPanel accounts that have the client's old address with it; registrants come here after it.
Mailboxes of a role (billing@ on the client, hostmaster@ on a domain). Addresses that a record of somebody with
another name has too: an agency's, a developer's, a family's. Logins and registrants with another name than the client.
Addresses that HubSpot holds beside the client's: both are known to be the person's. Redacted registrants. Closed
clients. Users beside the owner, and sub-contacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from include.model import Evidence, Finding, Fix, Option
from include.people import addresses, names
from include.registrant_change import set_address
from include.rules import _billing as billing
from include.rules import _making as making
from include.rules import email_mismatch
from include.rules._billing_evidence import advice, evidence, moved_domain, ordered_since, used_elsewhere
from include.settings import settings

if TYPE_CHECKING:
    from include.rules._billing import Account, Record
    from include.store.tables import Tables

RULE = "billing_drift"


def find(tables: Tables) -> Iterator[Finding]:
    """Every client beside which something has another address."""
    for account in billing.drifting(tables):
        if email_mismatch.disagree(account.person) or _others(account, account.client.key):
            continue
        apart = [one for one in account.beside if _drifted(account, one)]
        if apart:
            yield _finding(account, apart)


def _drifted(account: Account, one: Record) -> bool:
    client = account.client
    if one.key == client.key or one.role or names.agree(one.name, client.name) is False:
        return False
    return not _others(account, one.key) and not _both_known(account, one.key)


def _others(account: Account, key: str) -> bool:
    """Whether somebody with another name has this address."""
    return any(one.key == key and names.agree(one.name, account.client.name) is False for one in account.holders)


def _both_known(account: Account, key: str) -> bool:
    """Whether a record of the person holds this address and the client's side by side."""
    for row in account.person:
        more = (addresses.normal(text) for text in row["other_emails"] or ())
        if {key, account.client.key} <= {row["key"], *(address.key for address in more if address)}:
            return True
    return False


def _finding(account: Account, apart: list[Record]) -> Finding:
    client = account.client
    others = tuple(sorted(one.ref for one in account.beside))
    login = next((one for one in apart if one.kind == "login"), None)
    because = evidence(account, apart)
    targets = [one for one in (client, login) if one]
    options: list[Option] = []
    recommended: list[tuple[int, str]] = []
    for target in targets:
        if fixes := _fixes(account, apart, target):
            if _clear(account, fixes, target, because):
                recommended.append((len(options), target.email))
            options.append(_option(account, apart, target, with_registrants=False))
    sure, address = recommended[0] if len(recommended) == 1 else (None, None)
    confidence = making.confidence(because)
    because.append(advice(account, because, address, changes=bool(options)))
    asked = [target for target in targets if _registrants(account, apart, target)]
    options += [_option(account, apart, target, with_registrants=True) for target in asked]
    return Finding(RULE, client.ref, others, confidence, tuple(because), tuple(options), sure)


def _fixes(account: Account, apart: list[Record], target: Record) -> list[Fix]:
    """The addresses of client, login and cPanel accounts in line with `target`'s, the likely conflict first."""
    client = account.client
    taken = {one.ref.kind for one in account.holders if one.key == target.key and one.ref != target.ref}
    wanted = [one for one in apart if one.kind == "login"] if "login" not in taken else []
    wanted += [client]
    wanted += [one for one in account.beside if one.kind == "hosting" and (one in apart or one.key == client.key)]
    by_ref = {one.ref: one for one in wanted if one.key != target.key}
    fixes = []
    for ref in making.in_order(by_ref):
        one = by_ref[ref]
        if one.kind == "hosting" and (one.more or moved_domain(account, one)):
            continue
        domain = billing.main_domain(client.links, one.links)
        fixes.append(making.set_email(ref, one.email, target.email, **({"domain": domain} if domain else {})))
    return fixes


def _registrants(account: Account, apart: list[Record], target: Record) -> list[Fix]:
    """The registrants in line with `target`, each with what that sets off and without the consent it needs."""
    return [
        _with_name(set_address(one.ref, one.email, target.email, None, settings()), one.named(billing.NAME))
        for one in account.beside
        if one.kind == "domain" and one.key != target.key and (one in apart or one.key == account.client.key)
    ]


def _with_name(fix: Fix, name: str | None) -> Fix:
    return replace(fix, after={**fix.after, "domain": name}) if name else fix


def _option(account: Account, apart: list[Record], target: Record, with_registrants: bool) -> Option:
    key = making.key_of(RULE, account.client.ref, [one.ref for one in account.beside])
    whose = "client's" if target.kind == "client" else "login's"
    fixes, registrants = _fixes(account, apart, target), _registrants(account, apart, target)
    changed = {fix.target for fix in fixes}
    left = [one for one in (account.client, *apart) if one.key != target.key and one.ref not in changed]
    label = f"Use the {whose} address, {target.email}"
    if with_registrants:
        label += f", for the registrant{' too' if fixes else ''}: waits for the client's consent"
    elif left or registrants:
        places = {"hosting": "cPanel account", "domain": "registrant"}
        kinds = dict.fromkeys(places.get(one.kind, one.kind) for one in left)
        label += f", but not for the {' and the '.join(kinds or ['registrant'])}"
    else:
        label += ", for all"
    client = [account.client.ref]
    text = f"Rollcall gave this client's records in WHMCS and cPanel one address, the {whose}."
    told = making.notes(key, fixes, client, text) if fixes else []
    if not with_registrants:
        return making.option(label, [*fixes, *told])
    text = "Rollcall gave the registrant of this client's domain the same address, with the client's consent."
    return making.option(label, [*fixes, *told, *registrants, *making.notes(key, registrants, client, text)])


def _clear(account: Account, fixes: list[Fix], target: Record, because: list[Evidence]) -> bool:
    """Whether every address that would go is known to be older than the one that stays, and nothing speaks against."""
    if any(evidence.weight < 0 for evidence in because):
        return False
    if target is not account.client and used_elsewhere(account):
        return False  # the client would go, and the other platforms would stay behind
    gone = {one.key for one in (account.client, *account.beside) if one.ref in {fix.target for fix in fixes}}
    return all(_newer(account, old, target.key) and not _newer(account, target.key, old) for old in gone)


def _newer(account: Account, old: str, new: str) -> bool:
    return any((was, is_) == (old, new) for _, was, is_ in account.moved) or ordered_since(account, old, new)
