"""People: all that is held of one, reached from a finding or by a search whose words are in no address."""

from __future__ import annotations

import html
import re

import pytest

from include.store import persons
from include.store.dossiers import Dossier
from tests.review.people import ANN, BOB, SHARED, people
from tests.store.cases import a_finding, decide, filed


def text(answer) -> str:
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main.replace("<wbr>", ""))).split())


def search(reader, sought: str):
    return reader.ask("POST", "/api/people", reader.signature(), json={"sought": sought})


@pytest.mark.parametrize("at", [0, 1])
def test_whichever_finding_leads_there_a_person_has_all_records(ann, sqlite_ledger, at):
    rows = people(sqlite_ledger)
    said = text(ann.get(f"/people/{rows[at].id}"))
    for expected in (
        "HubSpot contact 1 Name Ann Lovelace Address ann@old.example",
        "Shopify customer 1 Name Ann King Address ann@new.example",
        "WHMCS client 9 Name A. Lovelace Address a@lovelace.example",
        "2026-10-30: HubSpot contact 1 changed from ann@first.example to ann@old.example.",
        "#1001 Shopify customer 1; 2026-01-02; paid; ann@old.example",
        "Email mismatch Open",
        "Duplicate contact Open",
    ):
        assert expected in said
    assert "Bob" not in said
    assert "whmcs:client:99" not in said


def test_records_that_a_finding_keeps_apart_do_not_make_one_person(sqlite_ledger):
    rows = people(sqlite_ledger, (SHARED, Dossier([ANN, BOB])))
    ann = persons.around(sqlite_ledger, rows[0].id)
    assert ann is not None
    assert [row.rule for row in ann.findings] == ["email_mismatch", "duplicate_contact"]
    both = persons.around(sqlite_ledger, rows[3].id)
    assert both is not None
    assert ([row.id for row in both.findings], len(both.dossier.records)) == ([rows[3].id], 2)


def test_what_was_filed_before_dossiers_were_kept_is_named(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding())
    said = text(ann.get(f"/people/{row.id}"))
    assert "Nobody's name is known" in said
    assert "no night has filed what they hold: HubSpot contact 1, Shopify customer 1." in said


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        pytest.param("lovelace", ["Ann Lovelace"], id="a name"),
        pytest.param("NEW.example", ["Ann Lovelace"], id="part of an address"),
        pytest.param("stone bob", ["Bob Stone"], id="two words"),
        pytest.param("contact:1", ["Ann Lovelace", "Bob Stone"], id="a reference"),
        pytest.param("%", [], id="a wildcard that is none"),
        pytest.param("nobody", [], id="nobody"),
    ],
)  # fmt: skip
def test_a_search_finds_people_and_not_their_findings(ann, sqlite_ledger, sought, names):
    people(sqlite_ledger)
    told = search(ann, sought if len(sought) > 1 else sought * 2).json()
    assert ([one["names"][0] for one in told["people"]], told["more"]) == (names, False)


def test_a_person_whose_findings_are_all_decided_is_found_after_those_who_wait(ann, sqlite_ledger):
    rows = people(sqlite_ledger)
    for row in rows[:2]:
        decide(sqlite_ledger, row, "rejected", reason="so")
    told = search(ann, "example").json()["people"]
    assert [(one["names"][0], one["findings"], one["open"]) for one in told] == [
        ("Bob Stone", 1, 1), ("Ann Lovelace", 2, 0)
    ]  # fmt: skip


def test_of_a_great_many_the_first_are_shown_and_that_there_are_more(ann, sqlite_ledger):
    more = [
        (
            a_finding(subject=f"hubspot:contact:{number}", others=()),
            Dossier([{"ref": f"hubspot:contact:{number}", "first_name": "Kim", "last_name": f"Number {number}"}]),
        )
        for number in range(100, 140)
    ]
    people(sqlite_ledger, *more)
    told = search(ann, "kim").json()
    assert (len(told["people"]), told["more"]) == (30, True)


def test_a_search_needs_the_pages_own_token_and_a_word(ann, sqlite_ledger):
    people(sqlite_ledger)
    assert ann.ask("POST", "/api/people", json={"sought": "ann"}).status_code == 403
    assert search(ann, "a").status_code == 422
    assert ann.get("/api/people?sought=ann").status_code in {404, 405}


@pytest.mark.parametrize("name", ["0" * 16, "nobody", "ann@old.example"])
def test_a_person_that_is_not_there_is_not_found_and_not_repeated(ann, sqlite_ledger, name):
    people(sqlite_ledger)
    answer = ann.get(f"/people/{name}")
    assert answer.status_code == 404
    assert name not in answer.text


def test_no_address_on_the_page_holds_anything_of_a_person(ann, sqlite_ledger):
    rows = people(sqlite_ledger)
    answer = ann.get(f"/people/{rows[0].id}")
    links = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert [link for link in links if "example" in link or "ann" in link.casefold() or "@" in link] == []
