"""Two demo reviewers, who decide through the page as people do: log in, read, approve what is recommended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from include.run.web import Web

PAGE = 100


@dataclass
class Decided:
    """What the reviewers did, by rule; `left` are the findings that only a real person should decide."""

    approved: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


def decide_recommended(first: Web, second: Web) -> Decided:
    """Approve every recommended option as `first`; where two people are needed, as `second` too."""
    decided = Decided()
    first_csrf, second_csrf = _csrf(first), _csrf(second)
    for listed in list(_open(first)):
        finding = first.call("GET", f"/review/api/findings/{listed['id']}")
        rule = finding["rule"]
        if finding["recommended"] is None:
            decided.left[rule] = decided.left.get(rule, 0) + 1
            continue
        state = _approve(first, first_csrf, finding)
        if state == "half_approved":
            state = _approve(second, second_csrf, second.call("GET", f"/review/api/findings/{finding['id']}"))
        if state != "approved":
            raise AssertionError(f"finding {finding['id']} is {state} after both demo reviewers approved it")
        decided.approved[rule] = decided.approved.get(rule, 0) + 1
    return decided


def _open(web: Web) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = web.call("GET", f"/review/api/findings?state=open&limit={PAGE}{after}")
        yield from page["findings"]
        if not page.get("next"):
            return
        after = f"&after={page['next']}"


def _csrf(web: Web) -> str:
    return str(web.call("GET", "/review/api/session")["csrf"])


def _approve(web: Web, csrf: str, finding: dict[str, Any]) -> str:
    option = finding["options"][finding["recommended"]]
    body = {
        "verdict": "approved",
        "option_hash": option["hash"],
        "version": finding["version"],
        "reason": "recommended, and the evidence agrees",
    }
    signed = Web(web.url, web.headers | {"X-Rollcall-CSRF": csrf, "Origin": web.url})
    return str(signed.call("POST", f"/review/api/findings/{finding['id']}/decision", body)["state"])
