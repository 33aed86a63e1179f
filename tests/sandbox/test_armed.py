"""Arming faults: what can be armed at once, what replaces what, and what is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from include.sandbox.armed import KINDS
from tests.sandbox.whole import LIST, Whole, outcome

ARMED: dict[str, Any] = {"platform": "hubspot", "match": "GET .*/contacts", "fault": "500"}


def test_of_several_armed_faults_each_strikes_its_own_request(whole: Whole):
    each = [{**ARMED, "fault": fault} for fault in ("500", "502")]
    assert whole.tell("faults", [*each, {**ARMED, "match": "PATCH", "fault": "503"}]).json() == {"armed": 3}
    assert outcome(whole, whole.write("hubspot")) == "503"
    assert [outcome(whole, LIST) for _ in range(3)] == ["500", "502", "well"]


def test_arming_replaces_what_was_armed_and_an_empty_list_disarms(whole: Whole):
    whole.arm("hubspot", ".*", "500", times=9)
    whole.arm("hubspot", ".*", "502", times=9)
    assert outcome(whole, LIST) == "502"
    assert whole.tell("faults", []).json() == {"armed": 0}
    assert outcome(whole, LIST) == "well"


def test_an_unknown_fault_is_refused_with_those_there_are_and_what_was_armed_stays(whole: Whole):
    whole.arm("hubspot", ".*", "502")
    answer = whole.tell("faults", [ARMED, {**ARMED, "fault": "earthquake"}])
    assert answer.status_code == 400
    assert all(kind in answer.json()["error"] for kind in ("earthquake", *KINDS))
    assert outcome(whole, LIST) == "502"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"fault": "200"}, id="a-status-that-is-no-trouble"),
        pytest.param({"fault": "600"}, id="no-status"),
        pytest.param({"fault": ["500"]}, id="a-list-for-a-fault"),
        pytest.param({"fault": None}, id="no-fault"),
        pytest.param({"platform": "hubspott"}, id="an-unknown-platform"),
        pytest.param({"platform": ["hubspot"]}, id="a-list-for-a-platform"),
        pytest.param({"match": "("}, id="no-regular-expression"),
        pytest.param({"match": 5}, id="a-number-to-match"),
        pytest.param({"times": "twice"}, id="times-in-words"),
        pytest.param({"after": -1}, id="before-the-first"),
        pytest.param({"fault": "delay", "seconds": None}, id="no-seconds"),
        pytest.param({"fault": "expired_cursor", "status": 401}, id="a-cursor-that-lacks-a-key"),
        pytest.param({"fault": "edit"}, id="an-edit-without-a-request"),
        pytest.param({"request": {"method": "GET", "path": "/"}}, id="a-request-without-an-edit"),
        pytest.param({"fault": "edit", "request": {"method": "GET"}}, id="an-edit-without-a-path"),
        pytest.param({"fault": "edit", "request": "PATCH /"}, id="an-edit-in-words"),
        pytest.param({"often": 3}, id="an-unknown-word"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_strikes_nothing(whole: Whole, wrong: dict[str, Any]):
    answer = whole.tell("faults", [ARMED | wrong])
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert outcome(whole, LIST) == "well"
