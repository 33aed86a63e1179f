"""A night in the words of the page: its steps and what each took, what it found, left out and could not compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from include.registry import vendors
from include.review import words
from include.review.charts import Chart, chart
from include.store.nights import BEGUN, FILED, Night

# What ends with each step: the gates hold what was done before them.
DONE = {"pulls": "Pull", "tables": "Tabulate", "people": "Link", "findings": "Detect", FILED: "File"}
TRIED = timedelta(hours=8)  # as long as a night may take
HOLDS = "all {} expectations held"


def listed(night: Night, now: datetime) -> dict[str, Any]:
    """One line of the list."""
    told: dict[str, Any] = dict(night.filed.told) if night.filed else {}
    begun = night.steps.get(BEGUN)
    return {
        "attempt": night.attempt,
        "date": night.date,
        "again": int(night.attempt.partition(".")[2]) if not night.attempt.endswith(".1") else None,
        "state": _state(night, now),
        "took": took((night.filed.at - begun.at).total_seconds()) if night.filed and begun else None,
        "new": told.get("new"),
        "reopened": told.get("reopened"),
        "gone": told.get("gone"),
        "waiting": sum(told["waiting"].values()) if told else None,
        "left_out": [vendors().get(name, name) for name in told.get("left_out", ())],
        "stopped": night.stopped.problem if night.stopped else None,
    }


def detail(night: Night, now: datetime) -> dict[str, Any]:
    """Everything about one night."""
    told: dict[str, Any] = dict(night.filed.told) if night.filed else {}
    pulled = told.get("pulled", {})
    named = vendors()
    return {
        **listed(night, now),
        "steps": steps(night),
        "pulled": [
            {"platform": named.get(name, name), **pulled[name]}
            for name in sorted(pulled, key=lambda one: named.get(one, one))
        ],
        "tables": told.get("tables", {}),
        "not_compared": {why.replace("_", " "): number for why, number in told.get("not_compared", {}).items()},
        "found": told.get("found", {}),
        "waits": told.get("waiting", {}),
    }


def steps(night: Night) -> list[dict[str, Any]]:
    """What was done, in the procedure's order: what came of it, and how long it took."""
    said = []
    last = night.steps[BEGUN].at if BEGUN in night.steps else None
    for name, done in DONE.items():
        step = night.steps.get(name)
        if step is None:
            continue
        held = step.told.get("held")
        seconds = (step.at - last).total_seconds() if last else None
        said.append(
            {
                "name": done,
                "passed": step.problem is None,
                "outcome": step.problem or (HOLDS.format(held) if held is not None else "filed in the ledger"),
                "seconds": seconds,
                "took": took(seconds) if seconds is not None else None,
            }
        )
        last = step.at
    return said


def waiting(nights: Sequence[Night]) -> Chart:
    """How many waited after each night, and how many of these were new or had come back."""
    points = []
    for night in nights:
        told = night.filed.told if night.filed else {}
        number, new = sum(told["waiting"].values()), told["new"] + told["reopened"]
        points.append((f"{night.date}: {number} waited, {new} of them new", number, new))
    return chart(points)


def by_rule(nights: Sequence[Night]) -> list[dict[str, Any]]:
    """What each rule found, night by night."""
    told = [(night.date, night.filed.told["found"]) for night in nights if night.filed]
    rules = sorted({rule for _, found in told for rule in found})
    drawn = []
    for rule in rules:
        points = [(f"{date}: {found.get(rule, 0)} found", int(found.get(rule, 0)), 0) for date, found in told]
        drawn.append({"rule": words.title(rule), "chart": chart(points), "last": points[-1][1]})
    return drawn


def took(seconds: float) -> str:
    """A span of time in words."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _state(night: Night, now: datetime) -> str:
    if night.filed:
        return "filed"
    if night.stopped:
        return "stopped"
    last = max(step.at for step in night.steps.values())
    return "running" if now - last < TRIED else "not finished"
