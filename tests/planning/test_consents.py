"""A client's consent, ticked on the page domain by domain, carried to the registrar: only what was ticked changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from include.errors import NotAllowed
from include.model import Contact, Finding, Ref
from include.notices.channels import deliver
from include.planning.draft import to_read
from include.store import findings
from include.store.dossiers import Dossier
from include.store.findings import FindingRow
from include.store.ledger import Ledger
from include.store.schema import fix
from tests.apply.cases import Worker, receipts_of
from tests.notices.mailing import MailServer
from tests.review.page import Reader, Seen
from tests.rules.tables import contact, found
from tests.sandbox.hosting_world import Stack

OLD, NEW = "ann@example.com", "ann@moved.example"
NAME = {"first_name": "Ann", "last_name": "O'Brien"}
DOMAINS = {"31": "a.example", "33": "c.example"}


def seen_at_night(stack: Stack) -> Finding:
    """What the rule finds of Ann once she has changed her own address, and her registrants kept the old one."""
    stack.ask("UpdateUser", user_id=5, email=NEW)
    stack.ask("UpdateClient", clientid=11, email=NEW, skipvalidation="1")
    client = contact("whmcs", "11", NEW, links=("whmcs:login:5",), **NAME)
    login = contact("whmcs", "5", NEW, kind="login", **NAME)
    rows: list[Contact] = [client, login]
    for id, name in DOMAINS.items():
        rows.append(contact("whois", id, OLD, links=("whmcs:client:11", f"whois:name:{name}"), **NAME))
    (one,) = found("billing_drift", *rows)
    return one


@pytest.fixture
def filed(book: Ledger, stack: Stack) -> FindingRow:
    one = seen_at_night(stack)
    accounts = {name: stack.platform(name).api.account() for name in ("whmcs", "whois")}
    records = [{"ref": "whmcs:client:11", "email": NEW}, {"ref": "whois:domain:31", "email": OLD}]
    findings.file(book, [one], "2026-11-23", accounts=accounts, shown={one.key: Dossier(records)})
    return again(book)


def again(book: Ledger) -> FindingRow:
    (one,) = [row for state in ("open", "approved", "settled") for row in findings.page(book, state=state)]
    return one


def consent(target: str, **said: Any) -> dict[str, str]:
    today = datetime.now(UTC).date().isoformat()
    told = {"kind": "mail", "reference": "mail of Monday", "taken_by": "Sam Support", "given_on": today}
    return {"target": target, **told, **said}


def registrants(stack: Stack) -> dict[str, Any]:
    whois = stack.platform("whois")
    refs = {name: Ref("whois", "domain", id) for id, name in DOMAINS.items()}
    return {name: whois.fixes.read(whois.api, to_read(ref, None, NEW))["email"] for name, ref in refs.items()}


def apply(book: Ledger, stack: Stack) -> dict[str, int]:
    return Worker(book, SimpleNamespace(open=stack.platform)).apply()  # type: ignore[arg-type]


def test_only_the_domains_that_were_ticked_change_and_the_finding_says_which_stay(
    filed: FindingRow, book: Ledger, stack: Stack, mail: MailServer
) -> None:
    bob = Reader(book, "bob")
    page = Seen(bob.get(f"/findings/{filed.id}").text)
    offered = [attrs["value"] for _, attrs in page.tags if attrs.get("name") == "consent"]
    assert offered == ["whois:domain:31", "whois:domain:33"]
    before = len(stack.desk.writes)
    answer = bob.decide(filed, consents=[consent("whois:domain:33")])
    assert (answer.status_code, answer.json()) == (200, {"state": "approved"})
    apply(book, stack)
    assert registrants(stack) == {"a.example": OLD, "c.example": NEW}
    assert [one["record"] for one in stack.desk.writes[before:] if one["record"].startswith("whois")] == [
        "whois:domain:33"
    ]
    row = again(book)
    assert row.state == "settled"
    told = bob.get(f"/findings/{filed.id}").text
    assert "given for c.example; not for a.example, which stays as it is" in told
    assert "mail of Monday" in told
    assert "Sam Support" in told
    (note,) = (one["changed"]["note"][1] for one in stack.desk.writes if one["action"] == "note")
    assert "with the client" in note
    assert "bob" in note
    deliver(book, mail.sender(), datetime.now(UTC) + timedelta(hours=1))
    assert sorted(mail.recipients) == sorted([OLD, NEW])


def test_without_a_tick_nothing_is_approved_and_no_registrar_is_asked(
    filed: FindingRow, book: Ledger, stack: Stack
) -> None:
    before = len(stack.desk.writes)
    answer = Reader(book, "bob").decide(filed)
    assert answer.status_code == 409
    assert "needs the client" in answer.json()["detail"]
    assert apply(book, stack) == {}
    assert (len(stack.desk.writes), registrants(stack)) == (before, dict.fromkeys(DOMAINS.values(), OLD))


def test_a_consent_for_each_changes_each(filed: FindingRow, book: Ledger, stack: Stack) -> None:
    given = [consent("whois:domain:31"), consent("whois:domain:33", kind="form", reference="form 7")]
    assert Reader(book, "bob").decide(filed, consents=given).status_code == 200
    apply(book, stack)
    assert registrants(stack) == dict.fromkeys(DOMAINS.values(), NEW)
    assert {outcome for outcome, _ in receipts_of(book)} == {"applied"}


def test_what_was_ticked_is_bound_to_what_was_approved(filed: FindingRow, book: Ledger, stack: Stack) -> None:
    """Somebody with the database's password moves the consent to the other domain."""
    Reader(book, "bob").decide(filed, consents=[consent("whois:domain:33")])
    with book.write() as connection:
        moved = sa.update(fix).where(fix.c.target == "whois:domain:33").values(target="whois:domain:31")
        connection.execute(moved)
    with pytest.raises(NotAllowed, match="not what was approved"):
        apply(book, stack)
    assert registrants(stack) == dict.fromkeys(DOMAINS.values(), OLD)
