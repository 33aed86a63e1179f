"""
The hosting procedure as support lives it: form, look-up, two reviewers on the page, the wait, the change, both notices.

Everything goes the way it goes in production: the page over HTTP, the DAGs' verbs, WHMCS and WHM over HTTP, mail over
SMTP. What each place reads in the end is asked of the platforms, not of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from include import apply
from include.apply.returning import unfit
from include.audit import checked
from include.errors import OverCap
from include.model import Ref
from include.notices.channels import deliver
from include.planning.draft import to_read
from include.platforms.whmcs.find import access
from include.store import findings, requests
from include.store.findings import FindingRow
from tests.apply.cases import SETTINGS, Clock, Worker, receipts_of
from tests.notices.mailing import MailServer
from tests.planning.desk import NEW, SupportDesk, form, written
from tests.review.page import Reader
from tests.sandbox.hosting_world import Stack, hosting_world, served

OLD, REVIEWERS = "ann@example.com", "reviewers@example.com"
PLACES = {
    "whmcs": ["whmcs:client:11", "whmcs:login:5"],
    "cpanel": ["cpanel:hosting:annsite"],
    "whois": ["whois:domain:31", "whois:domain:33"],
}
ORDER = ["whmcs:login:5", "whmcs:client:11", "whmcs:client:11", "whmcs:client:11"]  # the note is two lines in WHMCS
LATER = ["cpanel:hosting:annsite", "whois:domain:31", "whois:domain:33"]


@dataclass
class Company:
    """Support, two reviewers, the workers and the mail of a company; `hours`: how late it is by the workers' watch."""

    desk: SupportDesk
    stack: Stack
    mail: MailServer
    hours: float = 0

    def page(self, user: str) -> Reader:
        return Reader(self.desk.ledger, user)

    def post(self, user: str, path: str, body: dict[str, Any] | None = None) -> Any:
        reader = self.page(user)
        return reader.ask("POST", path, reader.signature(), json=body or {})

    def asked(self, **said: Any) -> int:
        """Support takes a request down on the page, and the DAG looks it up."""
        body = form() | {"domains": "a.example\nc.example"} | said
        answer = self.post("ann support", "/api/requests", body)
        assert answer.status_code == 200
        self.desk.plan()
        return int(answer.json()["number"])

    def finding(self, id: int) -> FindingRow:
        row = findings.get(self.desk.ledger, str(self.desk.row(id).finding_id))
        assert row is not None
        return row

    def decided(self, id: int, *, refused: str = "ann support") -> None:
        """Whoever took it down is refused; two others approve it."""
        assert self.page(refused).decide(self.finding(id)).status_code == 409
        for reviewer, state in (("bob", "half_approved"), ("cleo", "approved")):
            answer = self.page(reviewer).decide(self.finding(id), reason="heard the call")
            assert answer.json() == {"state": state}

    def run(self, *, later: float = 0) -> dict[str, int]:
        """One run of the apply DAG: apply, verify, and all mail."""
        self.hours += later
        clock = Clock(datetime.now(UTC) + timedelta(hours=self.hours))
        worker = Worker(self.desk.ledger, SimpleNamespace(open=self.stack.platform), clock)  # type: ignore[arg-type]
        told = worker.apply()
        worker.verify()
        deliver(self.desk.ledger, self.mail.sender(), clock.now() + timedelta(minutes=1))
        return told

    def reads(self) -> dict[str, str | None]:
        """The address that each place of Ann's has now, by its platform's own word."""
        told: dict[str, str | None] = {}
        for platform, refs in PLACES.items():
            opened = self.stack.platform(platform)
            for ref in refs:
                told[ref] = opened.fixes.read(opened.api, to_read(Ref.parse(ref), OLD, NEW))["email"]
        return told

    def notes(self) -> list[str]:
        return [str(one["changed"]["note"][1]) for one in self.stack.desk.writes if one["action"] == "note"]

    def mails(self) -> list[tuple[str, str]]:
        return [(envelope[0], str(message["Subject"])) for envelope, message in self.mail.accepted]

    def signs_in(self) -> bool:
        return access(self.stack.platform("whmcs").api, Ref("whmcs", "client", "11"), NEW).granted


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Ann's login owns three clients."""
    world = hosting_world()
    second = next(one for one in world.accounts if one.ref == "whmcs:client:13")
    world.accounts.append(replace(second, id="14", email="ann@third.example"))
    next(one for one in world.accounts if one.ref == "whmcs:login:5").extra["clients"].append("14")
    with served(world) as running:
        yield running


@pytest.fixture
def company(desk: SupportDesk, stack: Stack, mail: MailServer) -> Company:
    return Company(desk, stack, mail)


CHANGED = "The email address of your account was changed"
COMING = "The email address of your account is going to be changed"
BEFORE = [(OLD, COMING)]
GIVEN = "This is now the email address of your account"
BOTH = [(OLD, CHANGED), (NEW, GIVEN)]


def ends_well(company: Company, id: int, *, kept: dict[str, str] | None = None) -> None:
    """Every place reads the new address, the note says why and by whom, the client signs in, both have heard."""
    assert company.reads() == dict.fromkeys([ref for refs in PLACES.values() for ref in refs], NEW) | (kept or {})
    (note,) = company.notes()
    for told in ("her provider closes down", "ticket 4711", "Sam Support", "ann support", "bob and cleo"):
        assert told in note
    assert company.signs_in()
    assert [one for one in company.mails() if one[0] != REVIEWERS] == BEFORE + BOTH
    assert checked(company.desk.ledger).problems == []


def test_the_plain_case(company: Company, stack: Stack) -> None:
    id = company.asked()
    company.decided(id)
    assert company.run() == {"cooling_off": 7}
    assert (written(stack), company.mails()[-1]) == ([], BEFORE[0])
    assert company.run(later=25) == {"applied": 6, "already": 1}
    assert written(stack) == ORDER + LATER
    ends_well(company, id)
    access_check = company.finding(id).options[0].fixes[3]
    assert (access_check.action, access_check.state) == ("check_access", "already")
    assert company.desk.row(id).finding_state == "settled"
    told = company.page("ann support").get(f"/requests/{id}").text
    for words in ("Done", "Old address, before the change", "New address"):
        assert words in told
    assert company.run(later=1) == {}
    assert written(stack) == ORDER + LATER  # nothing is done twice


def test_a_user_who_owns_three_clients(company: Company, stack: Stack) -> None:
    id = company.asked(client="11")
    assert "owns client 13 and 14 too" in company.page("bob").get(f"/findings/{company.finding(id).id}").text
    company.decided(id)
    company.run(later=25)
    ends_well(company, id)
    for other, address in ((13, "ann@shop.example"), (14, "ann@third.example")):
        assert stack.ask("GetClientsDetails", clientid=other)["client"]["email"] == address


def test_the_new_address_is_another_user_s(company: Company, stack: Stack) -> None:
    stack.ask("UpdateUser", user_id=6, email=NEW)
    before = written(stack)
    id = company.asked()
    assert company.desk.row(id).state == requests.TROUBLE
    told = company.page("ann support").get(f"/requests/{id}").text
    assert "WHMCS login 6 signs in with the new address already" in told
    assert (company.run(later=25), company.mails(), written(stack)) == ({}, [], before)
    stack.ask("UpdateUser", user_id=6, email="bob@example.com")  # settled by hand; support looks again
    assert company.post("ann support", f"/api/requests/{id}/again").status_code == 200
    company.desk.plan()
    company.decided(id)
    company.run(later=25)
    ends_well(company, id)


def test_an_ambiguous_name(company: Company) -> None:
    id = company.asked(client="Ann O'Brien")
    assert company.page("ann support").get(f"/requests/{id}").text.count('class="candidate"') == 3
    chosen = {"client": "whmcs:client:11"}
    assert company.post("bob", f"/api/requests/{id}/choose", chosen).status_code == 409
    assert company.post("ann support", f"/api/requests/{id}/choose", chosen).status_code == 200
    company.desk.plan()
    company.decided(id)
    company.run(later=25)
    ends_well(company, id)


def test_a_domain_under_lock(company: Company, stack: Stack) -> None:
    stack.desk.switches |= {"whois_locked": ["31"], "whois_lock_refuses": True}
    id = company.asked()
    assert "a.example is locked at its registrar" in company.page("bob").get(f"/findings/{company.finding(id).id}").text
    company.decided(id)
    company.run(later=25)
    ends_well(company, id, kept={"whois:domain:31": OLD})
    assert receipts_of(company.desk.ledger)[-1][0] == "refused"
    assert company.desk.row(id).finding_state == "open"
    stack.desk.switches["whois_locked"] = []  # the client unlocks it, and two people approve the rest
    company.decided(id)
    company.run(later=26)
    assert company.reads()["whois:domain:31"] == NEW
    assert company.desk.row(id).finding_state == "settled"
    assert len(company.notes()) == 1
    assert [who for who, _ in company.mails()].count(OLD) == 4  # before and after, each time


def test_a_lost_mailbox(company: Company) -> None:
    company.mail.bad[OLD] = "550 No such user"
    refused = company.post("ann support", "/api/requests", form(mailbox_lost=True, proof_kind="registered_email"))
    assert refused.status_code == 422  # a reply from the mailbox that is lost proves nothing
    id = company.asked(mailbox_lost=True)
    assert company.finding(id).recommended is None
    company.decided(id)
    assert company.run(later=0) == {"cooling_off": 7}
    company.run(later=25)
    assert set(company.reads().values()) == {NEW}
    assert company.signs_in()
    assert [one for one in company.mails() if one[0] != REVIEWERS] == [(NEW, GIVEN)]
    told = company.page("ann support").get(f"/requests/{id}").text
    assert told.count("could not be delivered") == 2  # beforehand and afterwards, to the old one
    assert "ticket 4711" in company.notes()[0]


def test_the_gate_before_it_lets_what_waits_be(company: Company) -> None:
    id = company.asked()
    company.decided(id)
    ledger, now = company.desk.ledger, datetime.now(UTC)
    assert unfit(ledger, SETTINGS, now) == 0
    strict = replace(SETTINGS, cap_set_email=1)
    assert apply.check(ledger, strict, lambda: now) == 0  # nothing of it is to be applied now
    clock = Clock(now + timedelta(hours=25))
    with pytest.raises(OverCap, match="the cap of a run is 1"):
        Worker(ledger, SimpleNamespace(open=company.stack.platform), clock).apply(cap_set_email=1)  # type: ignore[arg-type]
