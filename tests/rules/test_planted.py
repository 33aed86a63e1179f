"""The rules against the sandbox's own truth: all that was planted for them is found, and nothing else is proposed."""

from __future__ import annotations

import random
from typing import Any

import pytest
import requests

from include.digests import canonical
from include.key import Key
from include.platforms import connection_of, open_platform
from include.registry import load, names
from include.sandbox.server import build, serve_in_thread
from include.store.tables import of_rows
from tests.rules.tables import night


def pulled(people: int, seed: int) -> tuple[list[Any], dict[str, Any]]:
    served = serve_in_thread(build(people, seed))
    try:
        connections = requests.get(f"{served.url}/_sandbox/connections", timeout=5).json()
        rows: list[Any] = []
        for name in names("platforms"):
            told = connections[connection_of(name)]
            key = Key(told["login"], "sandbox", told["extra"])
            platform = open_platform(name, requests.Session(), told["host"], key)
            raw: dict[str, list[Any]] = {}
            for page in platform.api.pages():
                raw.setdefault(page.stream, []).append(page.body)
            rows += [*platform.rows.contacts(raw), *platform.rows.orders(raw)]
        return rows, requests.get(f"{served.url}/_sandbox/truth", timeout=5).json()
    finally:
        served.stop()


@pytest.fixture(scope="module", params=[5, 23])
def world(request):
    rows, truth = pulled(250, request.param)
    tables = night(rows)
    found = {rule: list(load("rules", rule).find(tables)) for rule in names("rules")}
    return rows, truth, found


def records(finding) -> set[str]:
    return {str(finding.subject), *map(str, finding.others)}


def test_everything_planted_for_a_rule_is_found_with_the_right_recommendation(world):
    _, truth, found = world
    wanted = [plant for plant in truth["planted"] if plant["rule"]]
    assert {plant["rule"] for plant in wanted} == set(found)
    for plant in wanted:
        hits = [finding for finding in found[plant["rule"]] if set(plant["records"]) & records(finding)]
        assert len(hits) == 1, plant
        assert (hits[0].recommended is None) is ("recommended" in plant["right"]), plant
        if hits[0].recommended is None:
            continue
        fixes = hits[0].options[hits[0].recommended].fixes
        if plant["kind"] in {"changed_email", "billing_drift"}:
            assert {fix.after["email"] for fix in fixes if fix.action == "set_email"} == {plant["right"]["email"]}
        if plant["kind"] in {"guest_order", "stub_order"}:
            attached = [(str(fix.target), fix.after["contact"]) for fix in fixes if fix.action == "attach"]
            assert attached == [(plant["right"]["order"], plant["right"]["contact"])]
            assert any(fix.action == "invite" for fix in fixes) == plant["right"].get("invite", False)


def test_nothing_planted_to_stay_apart_is_recommended(world):
    _, truth, found = world
    apart = [set(plant["records"]) for plant in truth["planted"] if not plant["rule"]]
    assert apart
    recommended = [one for findings in found.values() for one in findings if one.recommended is not None]
    assert [one.key for one in recommended if any(records(one) & group for group in apart)] == []


def test_nothing_is_found_where_nothing_was_planted(world):
    _, truth, found = world
    planted = {record for plant in truth["planted"] for record in plant["records"]}
    assert [one.key for findings in found.values() for one in findings if not records(one) & planted] == []


def test_the_same_rows_in_another_order_give_the_same_bytes(world):
    rows, _, found = world
    shuffled = list(rows)
    random.Random(9).shuffle(shuffled)
    tables = night(shuffled)
    for rule, findings in found.items():
        again = [canonical(one.as_json()) for one in load("rules", rule).find(tables)]
        assert sorted(again) == sorted(canonical(one.as_json()) for one in findings)


def test_tables_hold_one_row_a_record(world):
    rows, _, _ = world
    contacts = of_rows("contacts", [row for row in rows if hasattr(row, "links")])
    assert contacts.num_rows == len({(r["platform"], r["kind"], r["id"]) for r in contacts.to_pylist()})


def test_every_finding_with_options_says_why_one_is_recommended_or_why_none_is(world):
    _, _, found = world
    for one in (one for findings in found.values() for one in findings if one.options):
        (says,) = [evidence.says for evidence in one.because if evidence.evidence == "recommendation"]
        assert says.startswith("No option is recommended: ") is (one.recommended is None), says
