"""The hosting procedure played through, from the request to the last receipt: each case ends as support would want."""

from __future__ import annotations

from tests.apply.cases import receipts_of, told_to
from tests.planning.desk import NEW, SupportDesk
from tests.sandbox.hosting_world import Stack

OLD = "ann@example.com"


def test_a_plain_request_changes_every_place_in_the_order_of_the_procedure(desk: SupportDesk, stack: Stack) -> None:
    row = desk.done()
    assert (row.state, row.finding_state) == ("filed", "settled")
    applied = [(one["record"], one["action"]) for one in stack.desk.writes if one["effect"] == "applied"]
    assert applied == [
        ("whmcs:login:5", "update"), ("whmcs:client:11", "update"),
        ("whmcs:client:11", "log"), ("whmcs:client:11", "note"),
        ("cpanel:hosting:annsite", "update"), ("whois:domain:31", "update"), ("whois:domain:33", "update"),
    ]  # fmt: skip
    assert told_to(desk.ledger) == sorted([OLD, NEW, "reviewers@example.com"])
    print(receipts_of(desk.ledger))
