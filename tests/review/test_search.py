"""The list over HTTP: searched with words that are in no address, narrowed by words that are, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.model import Action, Fix, Option, Ref
from include.review import words
from include.review.parts.findings import PAGE_SIZE
from include.store import findings
from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from tests.review.page import ROOT, Reader, Seen
from tests.store.cases import NIGHT, a_finding, again, decide, filed, set_email

TODAY = datetime.now(UTC).date()


def known(ledger: Ledger, number: int, night: str = NIGHT, first: int = 1, **said: Any) -> None:
    """So many findings of people called alike."""
    told = [a_finding(subject=f"hubspot:contact:{at}", others=()) for at in range(first, first + number)]
    record = {"first_name": "Ann", "email": "ann@a.example"} | said
    shown = {one.key: Dossier([{"ref": str(one.subject), **record}]) for one in told}
    findings.file(ledger, told, night, shown=shown)


def search(reader: Reader, sought: Any = "ann", **said: Any) -> Any:
    return reader.ask("POST", "/api/search", reader.signature(), json={"sought": sought, **said})


def test_what_is_found_comes_page_by_page_with_how_many_there_are(ann, sqlite_ledger):
    known(sqlite_ledger, 2 * PAGE_SIZE + 20)
    pages, after = [], None
    while True:
        told = search(ann, after=after).json()
        assert told["number"] == 2 * PAGE_SIZE + 20
        pages.append([one["id"] for one in told["findings"]])
        after = told["next"]
        if after is None:
            break
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 20]
    assert [id for page in pages for id in page] == [row.id for row in findings.page(sqlite_ledger, limit=500)]


def test_what_is_found_is_told_as_the_list_tells_it(ann, sqlite_ledger):
    known(sqlite_ledger, 1, last_name="Lovelace")
    (told,) = search(ann).json()["findings"]
    (listed,) = ann.get("/api/findings").json()["findings"]
    assert told == listed | {"title": "Email mismatch"}
    assert (told["names"], told["addresses"]) == (["Ann Lovelace"], ["ann@a.example"])


def test_what_hides_in_a_name_is_named_where_our_script_shows_it(ann, sqlite_ledger):
    known(sqlite_ledger, 1, last_name="evil\u202egnp.exe", email="a\u200bnn@a.example")
    (told,) = search(ann, "evil").json()["findings"]
    assert (told["names"], told["addresses"]) == (["Ann evil⟨U+202E⟩gnp.exe"], ["a⟨U+200B⟩nn@a.example"])
    (told,) = ann.ask("POST", "/api/people", ann.signature(), json={"sought": "evil"}).json()["people"]
    assert told["names"] == ["Ann evil⟨U+202E⟩gnp.exe"]


@pytest.mark.parametrize(
    ("within", "number"),
    [
        pytest.param({}, 2, id="open"),
        pytest.param({"state": "rejected"}, 1, id="a-state"),
        pytest.param({"rule": "email_mismatch"}, 2, id="a-rule"),
        pytest.param({"rule": "orphaned_order"}, 0, id="another-rule"),
        pytest.param({"platform": "hubspot", "strength": "likely"}, 2, id="a-platform-and-a-strength"),
        pytest.param({"strength": "doubtful"}, 0, id="another-strength"),
        pytest.param({"age": "month"}, 0, id="an-age"),
        pytest.param({"nonsense": "x"}, 2, id="what-no-list-has"),
    ],
)
def test_a_search_is_within_the_list_it_began_in(ann, sqlite_ledger, within, number):
    known(sqlite_ledger, 3, night=TODAY.isoformat())
    decide(sqlite_ledger, findings.page(sqlite_ledger)[0], "rejected", reason="no")
    assert search(ann, within=within).json()["number"] == number


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({"sought": ""}, 422, id="nothing"),
        pytest.param({"sought": "x" * 201}, 422, id="too-much"),
        pytest.param({"sought": ["ann"]}, 422, id="no-text"),
        pytest.param({"sought": "ann", "within": {"state": "nonsense"}}, 404, id="no-state-of-ours"),
        pytest.param({"sought": "ann", "within": {"equal": "ann@a.example"}}, 404, id="no-shape"),
        pytest.param({"sought": "ann", "within": {"age": "%"}}, 404, id="no-age"),
        pytest.param({"sought": "ann", "after": "ann@a.example"}, 404, id="no-place-in-a-list"),
        pytest.param({"sought": "ann", "after": "x" * 17}, 422, id="a-place-that-is-too-long"),
        pytest.param({"sought": "ann", "secret": "ann@a.example"}, 422, id="a-field-too-many"),
    ],
)
def test_a_search_that_cannot_be_is_refused_and_not_repeated(ann, said, status):
    answer = ann.ask("POST", "/api/search", ann.signature(), json=said)
    assert answer.status_code == status
    assert "ann@" not in answer.text


def test_a_search_needs_the_pages_own_token_and_is_no_address(ann, sqlite_ledger):
    known(sqlite_ledger, 1)
    assert ann.ask("POST", "/api/search", json={"sought": "ann"}).status_code == 403
    assert ann.get("/api/search?sought=ann").status_code in {404, 405}
    assert "ann@a.example" in ann.get("/?sought=nobody").text  # what stands in an address is not searched for


OLD, WEEK, NEW = ((TODAY - timedelta(days)).isoformat() for days in (40, 7, 1))


@pytest.fixture
def several(sqlite_ledger) -> Ledger:
    """One finding of each age, by their names."""
    told, shown = [], {}
    for at, night in enumerate((OLD, WEEK, NEW), 1):
        one = a_finding(subject=f"hubspot:contact:{at}", others=("whmcs:client:1",) if at == 1 else ())
        told.append(one)
        shown[one.key] = Dossier([{"ref": str(one.subject), "first_name": f"Name{at}"}])
        findings.file(sqlite_ledger, told, night, shown=shown)
    return sqlite_ledger


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", [1, 2, 3]), ("?age=new", [3]), ("?age=week", [1, 2]), ("?age=month", [1]), ("?platform=whmcs", [1]),
        ("?platform=hubspot&age=week", [1, 2]), ("?strength=likely", [1, 2, 3]), ("?strength=very-likely", []),
        ("?rule=email_mismatch", [1, 2, 3]), ("?rule=duplicate_contact", []), ("?state=settled", []),
    ],
)  # fmt: skip
def test_a_list_is_narrowed_by_the_words_of_its_address(ann, several, query, names):
    for text in (ann.get(f"/{query}").text, ann.get(f"/api/findings{query}").text):
        assert [at for at in (1, 2, 3) if f"Name{at}" in text] == names


@pytest.mark.parametrize("query", ["strength=sure", "platform=evil", "age=1", "equal=x", "state=", "rule=%25"])
def test_a_list_that_is_none_is_not_found(ann, several, query):
    expected = 200 if query == "state=" else 404
    assert ann.get(f"/?{query}").status_code == expected
    assert ann.get(f"/api/findings?{query}").status_code == expected


def test_a_finding_that_was_opened_from_a_list_leads_on_within_it(ann, several):
    text = ann.get("/?age=week").text
    paths = [link for link in Seen(text).links() if "/findings/" in link]
    assert {urlsplit(path).query for path in paths} == {"age=week"}
    seen = ann.get(paths[0].removeprefix(ROOT)).text
    onward = [attrs["href"] for _, attrs in Seen(seen).tags if attrs.get("rel") in ("next", "prev")]
    assert onward == [path for path in paths if path != paths[0]]


def test_equals_are_listed_together_from_any_of_them(ann, sqlite_ledger):
    refs = [f"hubspot:contact:{at}" for at in range(3)]
    told = [a_finding(Option("use it", (set_email(ref),)), subject=ref, others=()) for ref in refs]
    tell = Fix(Ref("hubspot", "contact", "9"), Action.INVITE, {}, {})
    other = a_finding(Option("tell", (tell,)), subject="hubspot:contact:9", others=())
    row = filed(sqlite_ledger, *told, other)
    page = ann.get(f"/findings/{row.id}").text
    assert "2 others are equal" in page
    (link,) = [link for link in Seen(page).links() if "equal=" in link]
    assert parse_qs(urlsplit(link).query) == {"equal": [row.shape]}
    text = ann.get(link.removeprefix(ROOT)).text
    assert all(again(sqlite_ledger, one).id in text for one in told)
    assert again(sqlite_ledger, other).id not in text
    assert "3 findings that are equal" in text
    assert words.STATES["open"] in text
