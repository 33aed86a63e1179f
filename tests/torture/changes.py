"""Every kind of change that the engine is tortured with, over records of the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from include.digests import finding_id
from include.model import Action, Fix, Ref
from tests.apply.cases import email_fix, owner_and_client
from tests.sandboxes import Sandbox

Making = Callable[[Sandbox, int, int], tuple[Fix, ...]]


def id_of(key: str) -> str:
    return finding_id(key)


def contacts(sandbox: Sandbox, platform: str) -> list[Any]:
    kind = "contact" if platform == "hubspot" else "customer"
    held = sandbox.world.of(platform, kind)
    return [one for one in held if "@" in (one.email or "") and one.state in (None, "activated")]


def _email(platform: str) -> Making:
    kind = "contact" if platform == "hubspot" else "customer"

    def make(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
        return (email_fix(sandbox, platform, kind, f"n{number}@post{number}.example", which),)

    return make


def _hosting(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    login, client = owner_and_client(sandbox, f"n{number}@post{number}.example")
    return login, client, _note(client.target, number)


def _merge(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    held = contacts(sandbox, "hubspot")
    one, other = held[which], held[(which + 1) % 8]
    told = {"duplicate": other.ref, "email": one.email, "duplicate_email": other.email}
    return (Fix(Ref.parse(one.ref), Action.MERGE, told, {**told, "duplicate": None, "duplicate_email": None}),)


def _attach(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    orders = [one for one in sandbox.world.purchases_of("bigcommerce") if one.account is None]
    order, account = orders[which % len(orders)], contacts(sandbox, "bigcommerce")[which]
    target = Ref.parse(order.ref)
    attach = Fix(target, Action.ATTACH, {"contact": None}, {"contact": account.ref})
    return attach, _note(target, number)


def _invite(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    held = [one for one in sandbox.world.of("shopify", "customer") if one.email and one.state == "disabled"]
    account = held[which % len(held)]
    return (Fix(Ref.parse(account.ref), Action.INVITE, {"state": "disabled"}, {"state": "invited"}),)


def _several(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    new = f"n{number}@post{number}.example"
    kinds = (("shopify", "customer"), ("bigcommerce", "customer"), ("hubspot", "contact"))
    made = [email_fix(sandbox, platform, kind, new, which) for platform, kind in kinds]
    return (*made, *(_note(fix.target, number) for fix in made))


def _note(target: Ref, number: int) -> Fix:
    after = {"note": f"Rollcall {number:012d}-torture", "text": "Changed."}
    return Fix(target, Action.ADD_NOTE, {"note": None}, after)


KINDS: Mapping[str, Making] = {
    "shopify address": _email("shopify"),
    "bigcommerce address": _email("bigcommerce"),
    "hubspot address": _email("hubspot"),
    "hosting login and client": _hosting,
    "merge": _merge,
    "guest order": _attach,
    "invitation": _invite,
    "several platforms": _several,
}
