"""What the pages show: lists that end, text that stays text, addresses without people in them, and what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from include.model import Action, Evidence, Finding, Fix, FixState, Option, Ref
from include.review import words
from include.store import findings
from include.store.ledger import open_ledger
from tests.review.page import ROOT, Reader, Seen, app_over
from tests.store.cases import (
    NIGHT,
    a_finding,
    approved,
    by_hand,
    decide,
    ends,
    filed,
    fix_ids,
    merge,
    set_email,
    three_fixes,
)

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
PEOPLE = ("ada.lovelace@example.org", "Lovelace", "+44 20 7946 0958")
TAGS = {
    "a", "bdi", "body", "button", "del", "div", "fieldset", "form", "h1", "h2", "head", "header", "html", "input",
    "ins", "label", "legend", "li", "link", "main", "meta", "noscript", "p", "script", "section", "small", "span",
    "strong", "table", "tbody", "td", "textarea", "th", "thead", "title", "tr", "ul", "wbr", "dialog", "dl", "dt", "dd",
    "kbd", "select", "option", "template",
}  # fmt: skip


def many(number: int) -> list[Finding]:
    rules = ("duplicate_contact", "email_mismatch")
    return [a_finding(subject=f"hubspot:contact:{at}", rule=rules[at % 2]) for at in range(number)]


def walk(reader: Reader) -> list[list[str]]:
    """The findings on each page of the list, as one who presses Next reads them."""
    pages, path = [], "/"
    while path:
        links = Seen(reader.get(path).text).links()
        shown = [link for link in links if link.startswith(f"{ROOT}/findings/")]
        pages.append([link.rpartition("/")[2].partition("?")[0] for link in shown])
        path = next((link.removeprefix(ROOT) for link in links if "after=" in link), "")
    return pages


def test_the_list_shows_every_open_finding_once_page_by_page(ann, sqlite_ledger):
    findings.file(sqlite_ledger, many(123), NIGHT)
    pages = walk(ann)
    assert [len(page) for page in pages] == [50, 50, 23]
    assert sorted(id for page in pages for id in page) == sorted(
        {row.id for row in findings.page(sqlite_ledger, limit=200)}
    )
    tabs = Seen(ann.get("/").text).all("count")
    assert tabs == ["123", *("62" if name == "duplicate_contact" else "61" if name == "email_mismatch" else "0"
                             for name in words.rules())]  # fmt: skip


@pytest.mark.parametrize(("limit", "length"), [("1", 1), ("500", 60), ("0", 1), ("-3", 1), ("1" + "0" * 30, 60)])
def test_a_program_reads_the_list_in_pages_of_its_size(ann, sqlite_ledger, limit, length):
    findings.file(sqlite_ledger, many(60), NIGHT)
    told = ann.get(f"/api/findings?limit={limit}").json()
    assert len(told["findings"]) == length
    assert (told["next"] is None) == (length == 60)


def test_a_decision_between_two_pages_hides_nothing(ann, sqlite_ledger):
    findings.file(sqlite_ledger, many(60), NIGHT)
    first = ann.get("/api/findings?limit=30").json()
    for one in first["findings"]:
        decide(sqlite_ledger, findings.get(sqlite_ledger, one["id"]), "rejected", reason="no")
    rest = ann.get(f"/api/findings?limit=30&after={first['next']}").json()["findings"]
    assert len({one["id"] for one in (*first["findings"], *rest)}) == 60


@pytest.mark.parametrize(
    ("state", "told"), [("open", "Nothing waits for you here."), ("settled", "There are none."), ("gone", "There are")]
)
def test_an_empty_list_says_so(ann, state, told):
    assert told in ann.get(f"/?state={state}").text


@pytest.mark.parametrize("id", ["0" * 16, "f" * 15, "..%2f..%2fetc%2fpasswd", "%00", "%F0%9F%92%A9", "1%20or%201=1"])
@pytest.mark.parametrize("path", ["/findings/{}", "/api/findings/{}", "/static/{}"])
def test_what_is_not_there_is_not_found(ledger, path, id):
    answer = Reader(ledger).get(path.format(id))
    assert answer.status_code == 404
    assert "There is no such" in answer.text


def hostile(says: str, label: str, value: str) -> Finding:
    because = (Evidence("phone", 1.0, says), Evidence("name", -1.0, says), Evidence("note", 0.0, says))
    note = Fix(Ref("hubspot", "contact", "1"), Action.ADD_NOTE, {"note": None}, {"note": "m", "text": value})
    option = Option(label, (set_email(email=value, was=value + "?"), note))
    return Finding("email_mismatch", Ref("hubspot", "contact", "1"), (), 0.9, because, (option,), 0)


STRINGS = [
    pytest.param("<script>alert(1)</script>", id="a script"),
    pytest.param("\"'><img src=x onerror=alert(1)>", id="an end of an attribute"),
    pytest.param("</span></td></table></main></html><iframe src=//evil.example>", id="an end of everything"),
    pytest.param("<!-- <![CDATA[ &lt;b&gt; &#x3c;", id="comments and entities"),
    pytest.param("{{ 7 * 7 }}{% raw %}${7*7}#{7*7}", id="templates"),
    pytest.param("javascript:alert(1)//@x", id="an address of a script"),
    pytest.param("a@b.example\u202emoc.live@c", id="turned around"),
    pytest.param("\u2066\u200e\u200b\ufeff\u00ad", id="invisible"),
    pytest.param("a\x00b\x07\x1b[31m\r\nSet-Cookie: a=b", id="control characters"),
    pytest.param("half \ud800 a character", id="half a character"),
    pytest.param("x" * 1_000_000, id="a million letters"),
    pytest.param("é\u0301 日本語 עברית 👨‍👩‍👧", id="languages"),
]


def shown(text: str) -> str:
    return str(words.plain(text)).replace("\r\n", "\n")


@pytest.mark.parametrize("text", STRINGS)
def test_whatever_a_platform_says_is_shown_as_text(ann, sqlite_ledger, text):
    row = filed(sqlite_ledger, hostile(text, text, text))
    for path in ("/", f"/findings/{row.id}", "/?state=open&rule=email_mismatch"):
        answer = ann.get(path)
        assert answer.status_code == 200
        seen = Seen(answer.text)
        assert_harmless(seen)
        assert len(answer.text) < 100_000
        assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069\u200b\ufeff]", answer.text)
        if path.startswith("/findings/"):
            assert seen.all("says") == [shown(text)] * 3
            assert seen.all("label") == [shown(text)]
            assert seen.all("<ins>") + seen.all("note") == [shown(text)] * 2
        else:
            assert seen.all("proposal") == [shown(text), ""]  # and an empty row, for what is searched
    told = json.loads(ann.get(f"/api/findings/{row.id}").content)
    assert told["options"][0]["label"] == text  # a program gets what the platform said, to the letter


def assert_harmless(seen: Seen) -> None:
    assert {tag for tag, _ in seen.tags} <= TAGS | {"nav", "ol"}
    scripts = [attrs for tag, attrs in seen.tags if tag == "script"]
    assert scripts
    for attrs in scripts:
        assert attrs["type"] == "module"
        assert re.fullmatch(f"{ROOT}/static/[a-z]+[.]js", attrs["src"] or "")
    assert set(seen.all("<script>")) == {""}
    assert [name for _, attrs in seen.tags for name in attrs if name.startswith("on") or name == "style"] == []
    assert [link for link in seen.links() if not link.startswith((f"{ROOT}/", "#main", "#yours")) and link != ROOT
            and not re.fullmatch("[0-9a-f]{16}", link)] == []  # fmt: skip


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")
def test_thousands_of_strings_made_to_break_pages_are_shown_as_text(ann, sqlite_ledger):
    strings = json.loads((CORPORA / "blns" / "blns.json").read_text())
    for name in ("xss/xss-payload-list.txt", "crlf/crlfinjection.txt", "csv_injection/csv-payload.txt"):
        strings += (CORPORA / name).read_text(errors="surrogateescape").splitlines()
    strings = list(dict.fromkeys(strings))
    assert len(strings) > 6000
    because = tuple(Evidence(f"{at}", 1.0, text) for at, text in enumerate(strings))
    row = filed(sqlite_ledger, Finding("email_mismatch", Ref("hubspot", "contact", "1"), (), 0.9, because))
    seen = Seen(ann.get(f"/findings/{row.id}").text)
    assert_harmless(seen)
    assert seen.all("says") == [shown(words.spelled(text)) for text in strings]


def test_no_address_of_the_page_names_a_person(ann, sqlite_ledger):
    address, name, phone = PEOPLE
    label = f"use {address} for {name}, {phone}"
    told = [
        hostile(label, label, address),
        a_finding(Option(label, (merge(),)), subject="whmcs:client:2", says=label, rule="duplicate_contact"),
    ]
    findings.file(sqlite_ledger, told, NIGHT)
    paths = ["/", "/?rule=email_mismatch", *(f"/findings/{row.id}" for row in findings.page(sqlite_ledger))]
    for path in paths:
        text = ann.get(path).text
        assert address.split("@")[0] in text
        for link in Seen(text).links():
            assert [part for part in (*PEOPLE, "@", "lovelace") if part in unquote(link).lower()] == []


def test_a_ledger_that_is_not_upgraded_is_told_with_what_to_do(bare_url):
    reader = Reader(app_over(lambda: open_ledger(bare_url)))
    for path in ("/", "/findings/" + "0" * 16, "/api/findings", "/api/findings/" + "0" * 16):
        answer = reader.get(path)
        assert answer.status_code == 503
        assert "python -m include.store upgrade" in answer.text


def test_a_ledger_that_breaks_down_decides_nothing_and_says_so(ledger):
    row, reader = filed(ledger, a_finding()), Reader(ledger)
    by_hand(ledger, "ALTER TABLE finding RENAME TO away")
    assert reader.get("/").status_code == 503
    answer = reader.decide(row)
    assert (answer.status_code, answer.json()["detail"]) == (
        503,
        "The ledger cannot be reached. Try again in a while: no decision is taken twice.",
    )
    by_hand(ledger, "ALTER TABLE away RENAME TO finding")
    assert reader.decide(row).json() == {"state": "approved"}


def test_what_became_of_the_fixes_stands_beside_them(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding())
    decide(sqlite_ledger, row)
    by_hand(sqlite_ledger, "UPDATE fix SET state = 'refused'")
    assert "the platform refused" in ann.get(f"/findings/{row.id}").text


def test_what_changed_besides_a_fix_stands_with_its_outcome(ann, sqlite_ledger):
    row = approved(sqlite_ledger, three_fixes())
    (first, *_) = fix_ids(row)
    ends(sqlite_ledger, first, FixState.APPLIED, moved={"phone", "first_name", "<b>"})
    page = ann.get(f"/findings/{row.id}").text
    assert "applied and read back<small>Also changed on the record: &lt;b&gt;, First name, phone</small>" in page
    assert page.count("Also changed") == 1


def test_what_became_of_a_fix_is_told_to_who_decides_on_it_again(ann, sqlite_ledger):
    row = approved(sqlite_ledger, three_fixes())
    (first, *_) = fix_ids(row)
    ends(sqlite_ledger, first, FixState.FAILED, detail="It reads otherwise: email", moved={"phone"})
    page = ann.get(f"/findings/{row.id}").text
    assert "Approve the chosen option" in page
    assert Seen(page).all("became") == [
        "When it was approved before: It reads otherwise: emailAlso changed on the record: phone"
    ]


def test_a_receipt_without_words_tells_its_outcome_with_what_else_changed(ann, sqlite_ledger):
    row = approved(sqlite_ledger, three_fixes())
    (first, *_) = fix_ids(row)
    ends(sqlite_ledger, first, FixState.FAILED, moved={"phone"})
    fix, *_ = findings.get(sqlite_ledger, row.id).options[0].fixes
    assert (fix.detail, fix.moved) == ("When it was approved before: failed", ("phone",))
