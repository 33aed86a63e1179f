"""The gate after the pulls: nothing of what a platform said may be missing, twice, or suddenly much less or more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include import stages
from include.errors import UnexpectedAnswer
from include.platforms import Page, Platform
from include.platforms.hubspot import fixes, rows
from tests.checks.night import Night
from tests.pulls import saying

pytestmark = pytest.mark.gx

HUBSPOT = Platform("hubspot", None, rows, fixes, 0.0)


def pulled_again(night: Night, pages: Callable[[list[Any]], list[Any]]) -> None:
    """Tonight's pull of HubSpot, with other pages."""
    raw = night.tonight.raw("hubspot")
    bodies = pages(list(raw.bodies()["contacts"]))
    shutil.rmtree(str(raw.folder))
    stages.pull(saying(HUBSPOT, *(Page("contacts", body) for body in bodies)), night.tonight)


def some(body: dict[str, Any], part: float) -> dict[str, Any]:
    return {"results": body["results"][: int(len(body["results"]) * part)]}


def more(body: dict[str, Any], times: int) -> dict[str, Any]:
    return {
        "results": [one | {"id": f"{number}{one['id']}"} for number in range(1, times + 1) for one in body["results"]]
    }


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        pytest.param(lambda p: [*p, p[0]], "no record came twice", id="a-page-twice"),
        pytest.param(lambda p: [{"results": []}], "no platform says that it holds nobody", id="an-empty-platform"),
        pytest.param(lambda p: [some(p[0], 0.6)], "no stream lost over 30 %", id="a-third-of-it-gone"),
        pytest.param(lambda p: [more(p[0], 11)], "or grew tenfold", id="eleven-times-as-many"),
    ],
)
def test_a_pull_that_is_not_whole_closes_the_gate(night, pages, says):
    pulled_again(night, pages)
    assert says in night.closed("pulls")


def test_a_platform_that_gives_not_one_page_was_not_pulled(night):
    with pytest.raises(UnexpectedAnswer, match="hubspot gave not a single page"):
        pulled_again(night, lambda pages: [])
    assert "hubspot was not pulled completely" in night.closed("pulls")


def test_a_platform_that_shrank_a_little_passes(night):
    pulled_again(night, lambda pages: [some(pages[0], 0.8)])
    assert night.check("pulls") > 0


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        pytest.param("raw/hubspot/manifest.json", "hubspot was not pulled completely", id="a-pull-without-its-end"),
        pytest.param("raw/hubspot", "hubspot was not pulled completely", id="a-platform-not-pulled"),
    ],
)
def test_what_is_missing_of_a_pull_closes_the_gate_by_name(night, gone, says):
    path = Path(str(night.tonight.folder)) / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert night.closed("pulls") == f"The gate pulls is closed: pulls cannot be checked. {says}{end(says)}"


def end(says: str) -> str:
    return " in this attempt." if says.endswith("completely") else "."


def test_a_manifest_that_says_too_little_closes_the_gate(night):
    path = Path(str(night.tonight.folder)) / "raw/hubspot/manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"distinct": {}}))
    assert "no record came twice" in night.closed("pulls")
