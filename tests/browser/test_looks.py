"""How the page looks and reads: to small screens, in the dark, to assistive technology, and under hostile text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Page, expect

from include.model import Action, Evidence, Finding, Fix, Option, Ref
from include.sandbox.server import serve_in_thread
from include.store.ledger import Ledger
from tests.review.page import ROOT, USER
from tests.store.cases import a_finding, decide, filed, merge, set_email

pytestmark = pytest.mark.browser

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LONG = "marguerite.featherstonehaugh-cholmondeley@department.of.very.long.example"
STATES = ("open", "half approved", "approved", "none")

# What Airflow allows the frame in which it shows an external view (its UI's bundle, as read 2026-11).
SANDBOX = "allow-scripts allow-same-origin allow-forms allow-downloads"

# The words that do not stand on one line.
BROKEN = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("noscript")) continue;
    for (const match of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(match[0]);
    }
  }
  return broken;
}"""
COVERED = """() => {
  const card = document.querySelector(".decide").getBoundingClientRect();
  return [...document.querySelectorAll(".option, .card, .heading")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.left < card.right && card.left < box.right && box.top < card.bottom && card.top < box.bottom;
  }).length;
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def long_finding() -> Finding:
    said = {"note": "m", "text": "Rollcall changed the email address of this record to the one used elsewhere."}
    note = Fix(Ref("shopify", "customer", "7000000000783"), Action.ADD_NOTE, {"note": None}, said)
    more = Fix(Ref("bigcommerce", "customer", "13"), Action.ADD_EMAIL, {"other_emails": []}, {"other_emails": [LONG]})
    options = (
        Option(f"Use {LONG} everywhere", (set_email("shopify:customer:7000000000783", LONG), more, note)),
        Option("Merge 20226 and 20233 into 20219, which keeps its address", (merge("hubspot:contact:20219", "20226"),)),
        *(Option(f"keep {number}", (set_email(email=f"{number}@b.example"),)) for number in range(3)),
    )
    because = (
        Evidence("phone", 1.0, "They have the same name and the same phone number."),
        Evidence("name", -1.0, "The records bear different names."),
        Evidence("survivor", 0.0, "Contact 20219 is proposed as the survivor: it is the most complete."),
    )
    others = (Ref("shopify", "customer", "7000000000783"), Ref("bigcommerce", "customer", "13"))
    return Finding("email_mismatch", Ref("hubspot", "contact", "20219"), others, 0.9, because, options, 0)


def in_state(book: Ledger, state: str) -> str:
    """The path of a page that shows a finding in this state."""
    row = filed(book, long_finding(), a_finding(Option("merge", (merge(),)), rule="duplicate_contact"))
    if state == "half approved":
        decide(book, row, option=1)
    elif state == "approved":
        decide(book, row, reason="it is so")
    return f"/findings/{'0' * 16 if state == 'none' else row.id}"


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids=lambda p: f"{p[0]} {p[1]}")
def window(request, visit):
    width, scheme = request.param
    return visit(width=width, scheme=scheme)


def violations(page: Page) -> list[str]:
    told = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in told for node in one["nodes"]]


@pytest.mark.parametrize("state", STATES)
def test_nothing_of_a_finding_is_cut_unreadable_or_out_of_reach(window, book, state):
    page = window.open(in_state(book, state))
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0
    if state == "none":
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        window.troubles[:] = [trouble for trouble in window.troubles if "status of 404" not in trouble]


def test_nothing_of_the_list_is_cut_unreadable_or_out_of_reach(window, book):
    in_state(book, "open")
    for path in ("/", "/?rule=email_mismatch", "/?state=settled"):
        page = window.open(path)
        assert violations(page) == []
        assert page.evaluate(WIDER) <= 0


def test_it_is_dark_where_the_reviewer_wants_it_dark(visit, book):
    path = in_state(book, "open")
    lightness = {}
    for scheme in ("light", "dark"):
        page = visit(scheme=scheme).open(path)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        lightness[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
    assert lightness["light"] > 700
    assert lightness["dark"] < 150


@pytest.mark.parametrize("width", [1600, 1280, 1024, 1000, 800, 390])
def test_no_word_is_broken(visit, book, width):
    page = visit(width=width).open(in_state(book, "open"))
    assert [word for word in page.evaluate(BROKEN) if word not in LONG] == []


@pytest.mark.parametrize("width", [1280, 1000, 800, 390])
def test_the_decision_covers_nothing_wherever_one_scrolls(visit, book, width):
    page = visit(width=width).open(in_state(book, "open"))
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height > 1000
    for at in range(0, height, 200):
        page.evaluate("at => window.scrollTo(0, at)", at)
        assert page.evaluate(COVERED) == 0
        if width >= 1000:
            expect(page.get_by_role("button", name="Approve")).to_be_in_viewport()


def test_a_finding_can_be_read_without_scripts(visit, book):
    page = visit(scripts=False).open(in_state(book, "open"))
    expect(page.get_by_text("They have the same name and the same phone number.")).to_be_visible()


@pytest.mark.parametrize(("ours", "shown"), [(True, 1), (False, 0)], ids=["Airflow itself", "another site"])
def test_only_airflow_itself_may_show_the_page_in_a_frame(chromium, site, book, ours, shown):
    path = in_state(book, "open")
    frame = f'<iframe sandbox="{SANDBOX}" src="{site.url}{ROOT}{path}" width="900" height="700"></iframe>'
    shell = FastAPI()
    shell.get("/shell", response_class=HTMLResponse)(lambda: frame)
    site.app.mount("/plugin", shell)
    elsewhere = serve_in_thread(shell)
    context = chromium.new_context(extra_http_headers={USER: "ann"})
    page = context.new_page()
    page.goto(f"{site.url}/plugin/shell" if ours else f"{elsewhere.url}/shell")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_count(shown)
    if ours:
        inside.get_by_role("button", name="Approve").click()
        expect(inside.get_by_role("status")).to_contain_text("Approved.")
    context.close()
    elsewhere.stop()


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")
@pytest.mark.parametrize("width", [1280, 390])
def test_strings_made_to_break_pages_break_nothing(visit, book, width):
    strings = json.loads((CORPORA / "blns" / "blns.json").read_text())
    strings += (CORPORA / "xss" / "xss-payload-list.txt").read_text(errors="replace").splitlines()
    because = tuple(Evidence(f"{at}", 1.0, text) for at, text in enumerate(strings[::4]))
    options = tuple(Option(text, (set_email(f"hubspot:contact:{at}", text or "-"),))
                    for at, text in enumerate(strings[1::40]))  # fmt: skip
    row = filed(book, Finding("email_mismatch", Ref("hubspot", "contact", "1"), (), 0.9, because, options, 0))
    page = visit(width=width).open(f"/findings/{row.id}")
    expect(page.locator(".says")).to_have_count(len(because))
    assert page.evaluate(WIDER) <= 0
    assert page.evaluate("document.querySelectorAll('main img, main iframe, main script, main svg').length") == 0
