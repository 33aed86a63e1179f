"""What was filed of a finding's records is kept as it was, found by every name they have, and forgets no address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.store import dossiers, findings
from include.store.dossiers import LONGEST_HISTORY, Dossier
from include.store.schema import dossier
from tests.store.cases import NEXT_NIGHT, NIGHT, a_finding, by_hand, filed, rows
from tests.store.test_findings import STRANGE

ANN = {"ref": "hubspot:contact:1", "email": "Ann@A.example", "first_name": "Ann", "last_name": "Lovelace"}


def moved(number: int) -> dict[str, Any]:
    return {"ref": "hubspot:contact:1", "from": f"{number}@a.example", "to": f"{number + 1}@a.example", "night": NIGHT}


def kept(ledger, told: Dossier, night: str = NIGHT) -> Dossier:
    """What is read after a night filed one finding with this."""
    one = a_finding()
    findings.file(ledger, [one], night, shown={one.key: told})
    (read,) = dossiers.read(ledger, [row[0] for row in rows(ledger, dossier, "finding_id")]).values()
    return read


@pytest.mark.parametrize("said", STRANGE.values(), ids=STRANGE)
def test_every_character_of_a_record_survives(ledger, said):
    told = Dossier([{"ref": "hubspot:contact:1", "first_name": said, "orders": [{"number": said}]}], [moved(1)])
    assert kept(ledger, told) == told


def test_a_finding_that_was_filed_without_records_has_none(ledger):
    assert dossiers.read(ledger, [filed(ledger, a_finding()).id, "0" * 16]) == {}


def test_the_newest_night_says_what_the_records_are(ledger):
    kept(ledger, Dossier([ANN, {"ref": "shopify:customer:1"}]))
    now = Dossier([ANN | {"email": "new@a.example"}], [])
    assert kept(ledger, now, NEXT_NIGHT) == now


@pytest.mark.parametrize(
    ("nights", "history"),
    [
        pytest.param([[1], [2]], [1, 2], id="one-after-the-other"),
        pytest.param([[1], []], [1], id="a-quiet-night-forgets-nothing"),
        pytest.param([[1], [1, 2], [1]], [1, 2], id="what-is-told-again-is-known"),
        pytest.param([range(40), range(40, 70)], range(70 - LONGEST_HISTORY, 70), id="of-a-great-many-the-newest"),
    ],
)
def test_the_addresses_that_records_had_are_remembered(ledger, nights, history):
    for each in nights:
        told = kept(ledger, Dossier([ANN], [moved(number) for number in each]))
    assert list(told.history) == [moved(number) for number in history]


def test_what_did_not_change_is_not_written_again(ledger):
    kept(ledger, Dossier([ANN], [moved(1)]))
    by_hand(ledger, "UPDATE dossier SET sought = '\"untouched\"'")
    kept(ledger, Dossier([ANN]), NEXT_NIGHT)
    assert rows(ledger, dossier, "sought") == [("untouched",)]
    kept(ledger, Dossier([ANN | {"company": "A"}]), NEXT_NIGHT)
    assert rows(ledger, dossier, "sought") != [("untouched",)]


def test_more_findings_than_one_question_may_name_are_kept_and_read(ledger):
    told = [a_finding(subject=f"hubspot:contact:{number}") for number in range(dossiers.MANY + 3)]
    shown = {one.key: Dossier([ANN | {"company": str(at)}]) for at, one in enumerate(told)}
    findings.file(ledger, told, NIGHT, shown=shown)
    ids = [row.id for row in findings.page(ledger, limit=1000)]
    assert sorted(int(one.records[0]["company"]) for one in dossiers.read(ledger, ids).values()) == list(
        range(len(told))
    )


@pytest.mark.parametrize(
    ("record", "sought"),
    [
        pytest.param({}, [], id="the-reference-alone"),
        pytest.param({"email": "Ann@A.Example"}, ["ann@a.example"], id="an-address-in-small-letters"),
        pytest.param({"first_name": "Ann", "last_name": "Lovelace"}, ["ann lovelace"], id="a-whole-name"),
        pytest.param({"last_name": " Ada \t Byron  King "}, ["ada byron king"], id="without-needless-blanks"),
        pytest.param({"other_emails": ["X@a.example", "x@A.example"]}, ["x@a.example"], id="further-addresses-once"),
        pytest.param({"company": "STRASSE", "number": "#1001", "phone": "+49 30 1"}, ["#1001", "+49 30 1", "strasse"],
                     id="company-number-and-phone"),
        pytest.param({"first_name": "Weiß"}, ["weiss"], id="letters-that-are-folded"),
        pytest.param({"city": "Berlin", "status": "paid"}, [], id="no-place-and-no-state"),
    ],
)  # fmt: skip
def test_a_finding_is_found_by_what_its_records_are_called(record, sought):
    told = Dossier([{"ref": "hubspot:contact:1", **record}])
    assert told.sought.split("\n") == sorted([*sought, "hubspot:contact:1"])


@pytest.mark.parametrize(
    ("ref", "domains"),
    [
        pytest.param("hubspot:contact:1", {"a.example", "b.example"}, id="a-contact"),
        pytest.param("shopify:order:1", set(), id="an-order-is-nobodys-address-yet"),
        pytest.param("rollcall:request:1", set(), id="nor-is-a-request"),
    ],
)
def test_its_peoples_domains_are_those_of_all_their_addresses(ref, domains):
    told = Dossier([{"ref": ref, "email": "ann@A.example", "other_emails": ["ann@b.example"]}, {"ref": "x:y:1"}])
    assert told.known == domains


def test_a_dossier_is_part_of_no_approval(ledger):
    """Other words beside a finding leave its version, and what a reviewer has seen of it, as they are."""
    one = a_finding()
    findings.file(ledger, [one], NIGHT, shown={one.key: Dossier([ANN])})
    findings.file(ledger, [replace(one)], NEXT_NIGHT, shown={one.key: Dossier([ANN | {"company": "new"}])})
    assert [row.version for row in findings.page(ledger)] == [1]
