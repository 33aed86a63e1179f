"""
Thousands of strings that were made to break pages, as what a customer is called, orders, or had before: wherever the
page shows them they are text, and a visit asks for nothing elsewhere, opens no dialog and breaks no rule of its policy.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from include.model import Finding, Option
from include.review import spreadsheet, words
from include.store import findings
from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from tests.browser.test_looks import CORPORA, WIDER
from tests.store.cases import NIGHT, a_finding, again, by_hand, set_email

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine"),
]

FIELDS = ("first_name", "last_name", "email", "company", "phone", "address", "city", "postcode", "country")
COLUMNS = 80  # records of one finding: so many strings at once as a page can hold
IN_A_ROW = 6  # of the list: three names and three addresses
SHOWN = "document.querySelector('main').textContent"
MADE = """() => document.querySelectorAll(
    'main img, main iframe, main script:not([src]), main svg, main object, main embed, main video, main style'
).length"""


def hostile() -> list[str]:
    """What differs in more than its letters' case, and is no blank."""
    strings = json.loads((CORPORA / "blns" / "blns.json").read_text())
    strings += (CORPORA / "xss" / "xss-payload-list.txt").read_text(errors="replace").splitlines()
    told = {" ".join(one.casefold().split()): one for one in strings if one.strip()}
    assert len(told) > 6000
    return list(told.values())


def parts(strings: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (strings[at : at + size] for at in range(0, len(strings), size))


def file(book: Ledger, told: dict[str, Sequence[dict[str, Any]]], **said: Any) -> list[Finding]:
    """A finding for each subject, with these records."""
    made: list[Finding] = []
    shown = {}
    for subject, records in told.items():
        refs = tuple(record["ref"] for record in records)
        one = a_finding(Option("use it", (set_email(subject),)), subject=subject, others=refs[1:])
        made.append(one)
        shown[one.key] = Dossier(records, **said)
    findings.file(book, made, NIGHT, shown=shown)
    return made


def texts(page: Page, path: str) -> str:
    """What stands on a page; nothing on it may be anything but text."""
    shown = str(page.evaluate(SHOWN))
    assert (path, page.evaluate(MADE), page.evaluate(WIDER)) == (path, 0, 0)
    return shown.casefold()


def missing(strings: Sequence[str], shown: str) -> list[str]:
    return [one for one in strings if str(words.plain(one)).replace("\r\n", "\n").casefold() not in shown]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_records_hold_what_they_had_and_what_was_ordered_is_text_on_a_findings_and_a_persons_page(
    visit, book, width
):
    told, held = {}, {}
    for number, part in enumerate(parts(hostile(), COLUMNS * len(FIELDS))):
        records: list[dict[str, Any]] = [
            {"ref": f"hubspot:contact:{number}-{at}", **dict(zip(FIELDS, said, strict=False))}
            for at, said in enumerate(parts(part, len(FIELDS)))
        ]
        records[0]["orders"] = [{"number": one, "status": one, "email": one} for one in part]
        records[0]["placed"] = [{"email": one, "orders": 1} for one in part]
        told[records[0]["ref"]] = records
        held[records[0]["ref"]] = part
    moved = [{"ref": "hubspot:contact:1", "from": one, "to": one, "night": NIGHT} for one in hostile()[:50]]
    made = file(book, told, history=moved)
    visitor = visit(width=width)
    for one, part in zip(made, held.values(), strict=True):
        id = again(book, one).id
        for path in (f"/findings/{id}", f"/people/{id}"):
            assert (path, missing(part, texts(visitor.open(path), path))) == (path, [])


def people_called_so(book: Ledger) -> list[str]:
    """File three to a finding; all their strings."""
    strings, told = hostile(), {}
    for number, part in enumerate(parts(strings, IN_A_ROW)):
        names, addresses = part[: len(part) // 2], part[len(part) // 2 :]
        ref = f"hubspot:contact:{number}"
        told[ref] = [
            {"ref": f"{ref}{more}", "last_name": name, "email": address}
            for name, address, more in zip(names, addresses, ("", "-b", "-c"), strict=False)
        ]
    file(book, told)
    return strings[: len(strings) // IN_A_ROW * IN_A_ROW]


def test_what_people_are_called_is_text_in_the_list_in_both_searches_and_beside_the_bulk_bar(visit, book):
    called, visitor = people_called_so(book), visit()
    page, shown = visitor.open(), ""
    while True:
        shown += texts(page, "/")
        following = page.locator(".more:not([hidden]) > a")
        if not following.count():
            break
        following.click()
        page.wait_for_load_state()
    assert missing(called, shown) == []

    page = visitor.open()
    page.get_by_role("searchbox").fill("hubspot")
    page.keyboard.press("Enter")
    more = page.locator("#more")
    expect(more).to_be_visible()
    while more.is_visible():
        rows = page.locator("a.finding").count()
        more.click()
        expect(page.locator("a.finding")).not_to_have_count(rows)
    assert missing(called, texts(page, "a search")) == []

    page.evaluate("document.querySelectorAll('.pick input').forEach((one, at) => one.checked = at >= 400 && at < 450)")
    page.locator(".pick input").nth(400).dispatch_event("change")
    expect(page.locator("#selected")).to_contain_text("50 findings selected.")
    by_hand(book, "UPDATE finding SET version = version + 1")
    page.get_by_role("button", name="Approve what is recommended").click()
    expect(page.locator("#undone li")).to_have_count(50)
    names = page.locator(".pick input:checked").evaluate_all(
        "ticks => ticks.map((one) => one.closest('li').querySelector('.name').textContent)"
    )
    assert page.locator("#undone a").all_text_contents() == names
    assert page.evaluate("document.querySelectorAll('#bulk img, #bulk script, #bulk svg, #bulk iframe').length") == 0

    page = visitor.open("/people")
    for word in ("script", "onerror", "alert", "iframe", "svg", "javascript"):
        page.get_by_label("Who is it").fill(word)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("more: say more of whom you mean")
        shown = texts(page, f"people by {word}")
        assert shown.count(word) >= 30


def test_an_export_is_a_file_to_keep_in_which_every_string_is_one_cell_and_no_formula(visit, book):
    strings = hostile()
    made = [
        a_finding(Option(one, (set_email(f"hubspot:contact:{at}"),)), subject=f"hubspot:contact:{at}", others=())
        for at, one in enumerate(strings)
    ]
    findings.file(book, made, NIGHT)
    page = visit().open("/nights")
    with page.expect_download() as kept:
        page.evaluate("location.href = document.body.dataset.root + '/exports/findings.csv'")
    text = Path(kept.value.path()).read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert {len(row) for row in rows} == {len(header)}
    proposed = [row[header.index("proposed")] for row in rows]
    assert sorted(proposed) == sorted(spreadsheet.cell(one) for one in strings)
    assert [one for one in proposed if one.lstrip()[:1] in tuple("=+-@")] == []
    assert page.url.endswith("/nights")
