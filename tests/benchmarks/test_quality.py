"""The quality benchmark counts what it should, knows why two records must stay apart, and audits its labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks.quality import judging, labels
from tests.benchmarks.quality.contenders import pairs, rollcall
from tests.benchmarks.quality.judging import pair
from tests.benchmarks.quality.overlay import placing
from tests.benchmarks.quality.people import Person, Reading
from tests.benchmarks.quality.scoring import Recommended, Score, score
from tests.benchmarks.quality.world import World

A, B, C, D = (pair("hubspot:contact:1", f"hubspot:contact:{number}") for number in (2, 3, 4, 5))


def person(number: int, household: str = "", **said: str) -> Person:
    first, last = (
        said.get("first", f"Ann{'abcdefghij'[number % 10]}"),
        said.get("last", f"Ruiz{'klmnopqrst'[number // 10 % 10]}"),
    )
    reading = Reading(f"{number}/0", "0", first, last, f"{number} Elm St", "Salem", "97301", "OR", f"{number:07d}")
    readings = tuple(replace(reading, id=f"{number}/{taker}") for taker in range(3))
    return Person(str(number), household, "US", said.get("born", "1980"), said.get("sex", "F"), readings)


def town(people: int = 400, seed: int = 3) -> World:
    return World([person(number, household=f"h{number // 2}") for number in range(people)], seed)


def two(world: World, platforms: str = "hubspot shopify", **fields: Any) -> list[str]:
    """One contact on each platform, each of the next person; `fields` of all."""
    refs = [
        world.add(each, each.readings[0], platform, placing.KIND[platform], "two")
        for each, platform in zip(world.people, platforms.split(), strict=False)
    ]
    for ref in refs:
        world.contacts[ref] |= fields
    return refs


def test_a_pair_is_right_wrong_or_missed_and_one_that_is_ignored_is_none_of_them():
    found = score({A, B, C}, {A, D}, ignored=lambda each: each == C)
    assert (found.right, found.wrong, found.missed) == (1, 1, 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)


def test_recommended_options_are_counted_by_option_and_what_right_ones_cover_by_pair():
    options = [Recommended(frozenset([A, B]), True), Recommended(frozenset([D]), False, ("household",))]
    found = score({A, B, D}, {A, B, C, D}, options)
    assert (found.options_precision, found.options_recall) == (0.5, 0.5)
    assert found.violations == {"household": 1}


def test_where_nothing_was_named_there_is_no_precision_and_scores_of_seeds_add_up():
    nothing, something = score(set(), {A}), score({A}, {A}, [Recommended(frozenset([A]), False, ("namesake",))])
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, 0.0, None)
    both = nothing + something
    assert (both.precision, both.recall, both.violations["namesake"]) == (1.0, 0.5, 1)
    assert both == Score(right=1, missed=1, options_wrong=1, violations=both.violations)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, None),
        ({"household": "home"}, "household"),
        ({"first": "Anna", "last": "Ruizk"}, "namesake"),
    ],
    ids=["one", "household", "namesake"],
)
def test_two_records_are_kept_apart_for_the_reason_there_is(change: dict[str, str], wanted: str | None):
    others = [replace(person(0), household="home"), person(1, **change)]
    world = World(others if change else [others[0], others[0]], 1)
    assert judging.relation(world, *two(world)) == wanted


def test_a_shared_mailbox_is_told_from_a_task_s_and_both_from_a_stranger():
    world = town()
    refs = two(world, email="team@firm.com")
    world.people[1] = world.known["1"] = replace(world.people[1], household="elsewhere")
    world.reaches("team@firm.com", "team")
    assert judging.relation(world, *refs) == "shared_mailbox"
    world.truth.roles.add("team")
    assert judging.relation(world, *refs) == "role_mailbox"
    world.contacts[refs[0]]["email"] = None
    assert judging.relation(world, *refs) == "stranger"


def of_one(world: World, emails: list[str], platforms: str) -> list[str]:
    one = world.people[0]
    refs = [world.add(one, one.readings[0], name, placing.KIND[name], name) for name in platforms.split()]
    for ref, email in zip(refs, emails, strict=True):
        world.contacts[ref]["email"] = world.reaches(email, email.replace("+shop", ""))
    return refs


def test_a_mismatch_is_two_mailboxes_on_two_platforms_that_no_record_knows_both_of():
    world = town(1)
    hubspot, shopify, whmcs = of_one(world, ["a@x.com", "b@x.com", "a+shop@x.com"], "hubspot shopify whmcs")
    wanted = {pair(hubspot, shopify), pair(shopify, whmcs)}
    assert judging.expected(world)["email_mismatch"] == wanted
    world.contacts[hubspot]["other_emails"] = ["b@x.com"]
    assert judging.expected(world)["email_mismatch"] == set()
    assert not judging.ignored(world, "email_mismatch", pair(hubspot, shopify))  # to find it is wrong


def test_addresses_that_one_platform_holds_in_two_records_count_neither_way():
    world = town(1)
    one, other, shopify = of_one(world, ["a@x.com", "b@x.com", "b@x.com"], "hubspot hubspot shopify")
    assert judging.expected(world)["email_mismatch"] == set()
    assert judging.ignored(world, "email_mismatch", pair(one, shopify))
    assert judging.expected(world)["duplicate_contact"] == {pair(one, other)}


def finding(refs: list[str], fixes: list[dict[str, Any]], rule: str = "email_mismatch") -> dict[str, Any]:
    options = [{"label": "", "fixes": fixes}]
    return {"rule": rule, "subject": refs[0], "others": refs[1:], "options": options, "recommended": 0}


@pytest.mark.parametrize(
    ("live", "right"), [({"b@x.com"}, True), ({"a@x.com"}, False), ({"a@x.com", "b@x.com"}, False)]
)
def test_an_address_for_every_record_is_right_where_it_is_the_only_one_that_is_live(live: set[str], right: bool):
    world = town(1)
    refs = of_one(world, ["a@x.com", "b@x.com"], "hubspot shopify")
    world.truth.live["0"] = live
    fix = {"target": refs[0], "action": "set_email", "before": {"email": "a@x.com"}, "after": {"email": "b@x.com"}}
    judged = rollcall.recommended(world, finding(refs, [fix]))
    assert judged is not None
    assert (judged.right, judged.violations) == (right, ())


def test_a_merge_of_two_who_live_together_is_broken_and_of_one_person_s_two_logins_too():
    world = town()
    refs = two(world, "hubspot hubspot")
    merge = {"target": refs[0], "action": "merge", "before": {"duplicate": refs[1]}, "after": {}}
    judged = rollcall.recommended(world, finding(refs, [merge], "duplicate_contact"))
    assert judged == Recommended(frozenset([pair(*refs)]), False, ("household",))
    world.truth.person[refs[1]] = world.truth.person[refs[0]]
    world.truth.apart[pair(*refs)] = "two_activated_logins"
    judged = rollcall.recommended(world, finding(refs, [merge], "duplicate_contact"))
    assert judged is not None
    assert judged.violations == ("two_activated_logins",)
    assert judging.ignored(world, "duplicate_contact", pair(*refs))  # to name them is not wrong


def test_records_joined_by_any_chain_are_one_group_and_say_so_of_each_rule():
    world = town(1)
    one, other, shop = of_one(world, ["a@x.com", "b@x.com", "c@x.com"], "hubspot hubspot shopify")
    found = pairs.claims(world, [pair(one, shop), pair(shop, other)])
    assert found["duplicate_contact"] == {pair(one, other)}
    assert found["email_mismatch"] == {pair(one, shop), pair(other, shop)}


def test_labels_that_nobody_could_know_are_found():
    world = World([person(0), replace(person(0), id="1")], 1)
    refs = two(world, "hubspot shopify", phone="+1 206 555 0142")
    audit = labels.audit(world)
    assert audit.same_but_two == {pair(*refs)}
    world.contacts[refs[0]]["phone"] = "206 555 0143"
    assert labels.audit(world).same_but_two == set()


def test_one_person_s_records_with_nothing_in_common_are_found():
    world = town(1)
    refs = of_one(world, ["a@x.com", "b@x.com"], "hubspot shopify")
    assert labels.audit(world).one_with_nothing_in_common == set()
    world.contacts[refs[1]] |= {"first_name": "Bob", "last_name": "Odd", "address": None}
    assert labels.audit(world).one_with_nothing_in_common == {pair(*refs)}
    world.contacts[refs[1]]["links"] = [refs[0]]
    assert labels.audit(world).one_with_nothing_in_common == set()


def test_who_buys_with_another_s_address_need_not_be_found_but_the_other_s_account_is_wrong():
    world = town()
    mine, theirs = two(world, "shopify shopify")
    world.orders["shopify:order:1"] = {"platform": "shopify", "email": world.reaches("b@x.com", "1/personal")}
    world.truth.buyer["shopify:order:1"] = "0"
    assert judging.expected(world)["orphaned_order"] == set()
    assert judging.ignored(world, "orphaned_order", pair("shopify:order:1", mine))
    assert not judging.ignored(world, "orphaned_order", pair("shopify:order:1", theirs))
    world.truth.buyer["shopify:order:1"] = "1"
    assert judging.expected(world)["orphaned_order"] == {pair("shopify:order:1", theirs)}


def test_hosting_that_was_left_behind_is_to_be_found_unless_its_client_is_in_dispute():
    world = town(1)
    client, hosting, shopify = of_one(world, ["a@x.com", "b@x.com", "a@x.com"], "whmcs whmcs shopify")
    world.contacts["whmcs:login:7"] = world.contacts.pop(hosting) | {"kind": "login", "id": "7"}
    world.truth.person["whmcs:login:7"] = world.truth.person.pop(hosting)
    world.contacts[client]["links"] = ["whmcs:login:7"]
    assert judging.expected(world)["billing_drift"] == {pair(client, "whmcs:login:7")}
    world.contacts[shopify]["email"] = world.reaches("c@x.com", "c@x.com")
    assert judging.expected(world)["billing_drift"] == set()
    assert judging.ignored(world, "billing_drift", pair(client, "whmcs:login:7"))
