"""One contract for every platform: it pulls, it tells, it changes what it says it can, and only that."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import Refusal, UnclearOutcome, Unreachable
from include.model import Action, Contact, Fix, Order, Ref, State
from include.platforms import Platform, connection_of
from include.registry import names
from tests.sandboxes import Sandbox

PLATFORMS = names("platforms")
NEW = "somebody.new@post.example"


def pulled(platform: Platform) -> dict[str, list[Any]]:
    raw: dict[str, list[Any]] = {}
    for page in platform.api.pages():
        raw.setdefault(page.stream, []).append(page.body)
    return raw


def contacts(platform: Platform) -> list[Contact]:
    return list(platform.rows.contacts(pulled(platform)))


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_pull_brings_every_record_of_the_world_once(sandbox, name):
    platform = sandbox.open(name)
    raw = pulled(platform)
    rows: list[Contact] = list(platform.rows.contacts(raw))
    orders: list[Order] = list(platform.rows.orders(raw))
    assert sorted(str(row.ref) for row in rows) == sorted(account.ref for account in sandbox.world.of(name))
    assert {str(order.ref) for order in orders} <= {one.ref for one in sandbox.world.purchases_of(name)}
    assert len({order.ref for order in orders}) == len(orders)


@pytest.mark.parametrize("name", PLATFORMS)
def test_rows_say_what_the_world_says(sandbox, name):
    truth = {account.ref: account for account in sandbox.world.of(name)}
    for row in contacts(sandbox.open(name)):
        account = truth[str(row.ref)]
        assert row.email == (account.email if "@" in (account.email or "") else None), row.ref
        if name != "cpanel":
            said = ((row.first_name or "").casefold(), (row.last_name or "").casefold())
            assert said == ((account.first_name or "").casefold(), (account.last_name or "").casefold()), row.ref


@pytest.mark.parametrize("name", PLATFORMS)
def test_counts_and_ids_of_pages_agree_with_the_rows(sandbox, name):
    platform = sandbox.open(name)
    counted, ids = 0, []
    for page in platform.api.pages():
        counted += platform.rows.count(page)
        ids += [(page.stream, each) for each in platform.rows.ids(page)]
    assert counted == len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize("name", PLATFORMS)
def test_times_are_in_utc_and_empty_values_are_none(sandbox, name):
    for row in contacts(sandbox.open(name)):
        assert "" not in (row.email, row.first_name, row.last_name, row.phone, row.company, row.city)
        for moment in (row.created_at, row.updated_at):
            assert moment is None or moment.utcoffset() is not None, row.ref


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_wrong_key_is_refused_at_once(sandbox, name):
    with pytest.raises(Refusal, match=connection_of(name)):
        pulled(sandbox.open(name, secret="guessed"))


@pytest.mark.parametrize("fault", ["500", "truncate", "html", "reset_before"])
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_in_trouble_is_unreachable_and_yields_no_half_pull(sandbox, name, fault):
    sandbox.arm({"platform": connection_of(name), "match": ".*", "fault": fault, "times": 1000})
    with pytest.raises(Unreachable, match=f"^{connection_of(name)}|^{name}"):
        pulled(sandbox.open(name))


@pytest.mark.parametrize("name", PLATFORMS)
def test_trouble_that_passes_is_ridden_out(sandbox, name):
    whole = contacts(sandbox.open(name))
    sandbox.arm({"platform": connection_of(name), "match": ".*", "fault": "503", "times": 2})
    assert contacts(sandbox.open(name)) == whole


@pytest.mark.parametrize("name", PLATFORMS)
def test_it_can_only_what_the_actions_are(name, sandbox):
    can = sandbox.open(name).fixes.CAN
    assert Action.SET_EMAIL in can
    assert all(isinstance(action, Action) and isinstance(fields, frozenset) for action, fields in can.items())


def email_fixes() -> list[Any]:
    kinds = {"whmcs": ("login", "client"), "hubspot": ("contact",), "cpanel": ("hosting",), "whois": ("domain",)}
    pairs = [(name, kind) for name in PLATFORMS for kind in kinds.get(name, ("customer",))]
    return [pytest.param(name, kind, id=f"{name}-{kind}") for name, kind in pairs]


def email_fix(sandbox: Sandbox, name: str, kind: str) -> Fix:
    account = next(a for a in sandbox.world.of(name, kind) if "@" in (a.email or "") and a.state in (None, "activated"))
    consent = {"consent": f"ticket 1 ({account.ref})"} if name == "whois" else {}
    return Fix(Ref.parse(account.ref), Action.SET_EMAIL, {"email": account.email}, {"email": NEW, **consent})


@pytest.mark.parametrize(("name", "kind"), email_fixes())
def test_an_address_changes_by_one_write_and_nothing_else_moves(sandbox, name, kind):
    platform, fix = sandbox.open(name), email_fix(sandbox, name, kind)
    assert platform.fixes.read(platform.api, fix) == fix.before
    before = platform.fixes.image(platform.api, fix)
    platform.fixes.write(platform.api, fix)
    assert platform.fixes.read(platform.api, fix) == {"email": NEW}
    after = platform.fixes.image(platform.api, fix)
    moved = {field for field in before.keys() | after.keys() if before.get(field) != after.get(field)}
    assert moved <= platform.fixes.CAN[Action.SET_EMAIL]
    assert [write["record"] for write in sandbox.writes()] == [str(fix.target)]
    assert platform.fixes.current(platform.api, fix.target) == fix.target


@pytest.mark.parametrize(("name", "kind"), email_fixes())
def test_a_write_whose_answer_is_lost_is_unclear_and_is_sent_once(sandbox, name, kind):
    platform, fix = sandbox.open(name), email_fix(sandbox, name, kind)
    writing = {"shopify": "customerUpdate", "whmcs": "Update", "whois": "DomainUpdateWhoisInfo", "cpanel": "modifyacct"}
    match = writing.get(name, "^(PUT|PATCH)")
    sandbox.arm({"platform": connection_of(name), "match": match, "fault": "reset_after", "times": 1000})
    with pytest.raises(UnclearOutcome):
        platform.fixes.write(platform.api, fix)
    sandbox.arm()
    assert platform.fixes.read(platform.api, fix) == {"email": NEW}
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize("name", PLATFORMS)
def test_no_failure_names_a_person_or_a_key(sandbox, name):
    kind = {"hubspot": "contact", "whmcs": "client", "cpanel": "hosting", "whois": "domain"}.get(name, "customer")
    platform, fix = sandbox.open(name), email_fix(sandbox, name, kind)
    sandbox.arm({"platform": connection_of(name), "match": ".*", "fault": "500", "times": 1000})
    for call in (platform.fixes.read, platform.fixes.write):
        with pytest.raises((Unreachable, UnclearOutcome)) as failed:
            call(platform.api, fix)
        said = str(failed.value)
        assert "@" not in said
        assert "sandbox" not in said


def test_states_are_ours(sandbox):
    states = {row.state for name in PLATFORMS for row in contacts(sandbox.open(name))}
    assert states <= {None, *State}
    assert State.ACTIVATED in states
