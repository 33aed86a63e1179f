"""The client's cPanel accounts and its domains' registrants: changed only where the client agreed to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from include.errors import NotFound, Refusal, Unauthorized
from include.model import Fix
from include.planning.draft import AGAINST, Draft, to_read
from include.platforms.whmcs.services import Hosting, hosting_of
from include.platforms.whois.find import Domain, domains_of, locked
from include.registrant_change import deadlines, set_address
from include.rules import _making as making

if TYPE_CHECKING:
    from collections.abc import Callable

    from include.platforms import Platform
    from include.settings import Settings


def look_at_hosting(draft: Draft, whmcs: Platform, open_platform: Callable[[str], Platform]) -> None:
    """The cPanel accounts that WHMCS has of the client. Their server is asked only where the client agreed."""
    found = hosting_of(whmcs.api, draft.client)
    if not draft.asked.cpanel:
        if found:
            names = making.several([one.account.id for one in found])
            says = (
                f"The client did not agree to a change in cPanel: {names} keeps the address that resets its password."
            )
            draft.says("cpanel_stays", 0.0, says)
        return
    reached = [one for one in found if one.reached]
    for one in found:
        if not one.reached:
            server, _, user = one.account.id.rpartition("/")
            says = f"cPanel account {user} is on {server}, which we do not reach: change its address there by hand."
            draft.says("cpanel_elsewhere", 0.0, says)
    if reached:
        cpanel = open_platform("cpanel")
        draft.accounts["cpanel"] = cpanel.api.account()
        for one in reached:
            _account(draft, cpanel, one)


def _account(draft: Draft, cpanel: Platform, one: Hosting) -> None:
    user = one.account.id
    try:
        now = cpanel.fixes.read(cpanel.api, to_read(one.account, None, draft.new))["email"]
    except NotFound:
        draft.says("cpanel_gone", 0.0, f"cPanel account {user} is not on the server, though WHMCS has it.")
        return
    draft.saw(one.account, now)
    if draft.is_new(now):
        return
    if now is not None and not draft.is_old(now):
        says = f"cPanel account {user} has {now}, which is not the client's old address: it is not changed."
        draft.says("cpanel_other", 0.0, says)
        return
    domain = {"domain": one.domain} if one.domain else {}
    draft.hosting.append(making.set_email(one.account, now, draft.new, **domain))
    if one.domain and draft.new.rpartition("@")[2].casefold() == one.domain.casefold():
        says = f"{draft.new} is a mailbox of cPanel account {user} itself: when that is down, no reset can reach it."
        draft.says("own_mailbox", AGAINST, says)


def look_at_domains(draft: Draft, open_platform: Callable[[str], Platform], settings: Settings) -> None:
    """The client's domains: each that was agreed to, those without a lock first; the others are named."""
    whois = open_platform("whois")
    wanted = set(draft.asked.domains)
    found = {(one.name or "").casefold(): one for one in domains_of(whois.api, draft.client)}
    for name in sorted(wanted - found.keys()):
        draft.troubles.append(f"The client has no domain {name}: look its domains up, and ask anew.")
    if stay := sorted(name for name, one in found.items() if name not in wanted and one.registered and name):
        says = f"The client did not agree to a change of registrant: {making.several(stay)} keeps its address."
        draft.says("registrant_stays", 0.0, says)
    if not wanted & found.keys():
        return
    draft.accounts["whois"] = whois.api.account()
    changed = [fix for name in sorted(wanted & found.keys()) if (fix := _domain(draft, whois, found[name], settings))]
    held = {fix.target: locked(whois.api, fix.target) for fix in changed}
    sets_off: dict[str, list[str]] = {}
    for fix in changed:
        name = str(fix.after["domain"])
        sets_off.setdefault(" ".join(deadlines(fix.after, name=name)), []).append(name)
        if held[fix.target]:
            says = f"{name} is locked at its registrar, which may refuse a new address: unlock it first, if so. It is"
            draft.says("locked", AGAINST, f"{says} changed last, so that nothing else waits for it.")
    for told, domains in sets_off.items():
        says = f"For {making.several(domains)} the client agreed to a change of registrant. {told}"
        draft.says("registrant", 0.0, says.rstrip())
    draft.domains += sorted(changed, key=lambda fix: bool(held[fix.target]))


def _domain(draft: Draft, whois: Platform, one: Domain, settings: Settings) -> Fix | None:
    """The change of one registrant, or None with the reason said."""
    if not one.registered:
        draft.says("not_registered", 0.0, f"{one.name} is not registered through us (any more): it is not changed.")
        return None
    try:
        now = whois.fixes.read(whois.api, to_read(one.domain, None, draft.new))["email"]
    except Unauthorized:
        raise
    except Refusal:
        says = f"The registrar of {one.name} does not answer for it now, perhaps because it is locked: change it"
        draft.says("registrar_refuses", AGAINST, f"{says} there by hand, or ask anew once it does.")
        return None
    draft.saw(one.domain, now)
    if now is None or draft.is_new(now) or not draft.is_old(now):
        why = "is hidden or empty" if now is None else "is the new one already" if draft.is_new(now) else f"is {now}"
        draft.says("registrant_other", 0.0, f"The registrant's address of {one.name} {why}: it is not changed.")
        return None
    consent = f"request {draft.number}, {draft.proof}"
    fix = set_address(one.domain, now, draft.new, consent, settings)
    return replace(fix, after={**fix.after, "domain": str(one.name)})
