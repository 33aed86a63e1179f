"""What a request must say, and that everything wrong with it is told at once and without repeating it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.errors import RequestWrong
from include.requests import Request, read
from include.store import proofs
from tests.planning.desk import form

TODAY = datetime.now(UTC).date()
CANARY = "canary"


def problems(**said: Any) -> list[tuple[str, str]]:
    with pytest.raises(RequestWrong) as wrong:
        read(form(**said), TODAY)
    assert CANARY not in str(wrong.value) + str(wrong.value.problems)
    return list(wrong.value.problems)


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days)).isoformat()


def test_a_whole_request_is_read_and_kept_as_it_was() -> None:
    one = read(form(client="  Ann O\u2019Brien ", domains=" B.example,\na.example; b.example. "), TODAY)
    assert (one.client, one.domains) == ("Ann O\u2019Brien", ("b.example", "a.example"))
    assert (one.new_person, one.first_name, one.mailbox_lost, one.cpanel) == (False, None, False, True)
    assert Request.from_json(one.as_json()) == one


def test_a_new_person_has_both_names() -> None:
    one = read(form(person="new", first_name="Bea", last_name="Lee"), TODAY)
    assert (one.new_person, one.first_name, one.last_name) == (True, "Bea", "Lee")
    assert Request.from_json(one.as_json()) == one


WRONG = [
    pytest.param({"client": " "}, "client", "whom it is about", id="nobody"),
    pytest.param({"client": "x" * 201}, "client", "longer than 200", id="a-client-too-long"),
    pytest.param({"client": "Ann\u202eBrien"}, "client", "cannot be seen", id="a-client-turned-around"),
    pytest.param({"new_address": ""}, "new_address", "Say the new address", id="no-address"),
    pytest.param({"new_address": f"{CANARY} at home"}, "new_address", "one plain address", id="no-address-at-all"),
    pytest.param({"new_address": f"Ann <{CANARY}@a.example>"}, "new_address", "one plain", id="an-address-with-a-name"),
    pytest.param({"new_address": f"{CANARY}@a.example, b@b.example"}, "new_address", "one plain", id="two-addresses"),
    pytest.param({"new_address": f"=?utf-8?q?{CANARY}=40b?=@c.example"}, "new_address", "one plain", id="encoded"),
    pytest.param({"new_address": f"{CANARY}\u00e4@a.example"}, "new_address", "one plain", id="letters-mail-refuses"),
    pytest.param({"new_address": f"{CANARY}@localhost"}, "new_address", "one plain", id="a-domain-of-nobody"),
    pytest.param({"new_address_again": f"{CANARY}@new.example"}, "new_address_again", "not the same", id="not-twice"),
    pytest.param({"new_address_again": "Ann@new.example"}, "new_address_again", "not the same", id="another-case"),
    pytest.param({"person": CANARY}, "person", "same or new", id="neither-same-nor-new"),
    pytest.param({"person": "new", "last_name": "Lee"}, "first_name", "first and last name", id="half-a-name"),
    pytest.param({"first_name": CANARY}, "person", "for a new person only", id="a-name-for-the-same-person"),
    pytest.param({"proof_kind": CANARY}, "proof_kind", "Say which kind of proof", id="no-kind-of-proof"),
    pytest.param({"proof_kind": ""}, "proof_kind", "Say which kind of proof", id="no-proof"),
    pytest.param({"proof_reference": ""}, "proof_reference", "written down", id="proof-without-a-reference"),
    pytest.param({"proof_seen_by": ""}, "proof_seen_by", "who saw", id="proof-that-nobody-saw"),
    pytest.param({"proof_seen_on": CANARY}, "proof_seen_on", "YYYY-MM-DD", id="no-day"),
    pytest.param({"proof_seen_on": days_ago(8)}, "proof_seen_on", "older than 7 days", id="an-old-proof"),
    pytest.param({"proof_seen_on": days_ago(-1)}, "proof_seen_on", "still to come", id="a-proof-of-tomorrow"),
    pytest.param({"reason": "\n"}, "reason", "the reason", id="no-reason"),
    pytest.param({"reason": "a\x00b"}, "reason", "cannot be seen", id="a-hidden-character-in-the-reason"),
    pytest.param({"domains": "example"}, "domains", "plain names", id="a-domain-without-an-ending"),
    pytest.param({"domains": "http://a.example/"}, "domains", "plain names", id="a-link"),
    pytest.param({"domains": f"{CANARY}@a.example"}, "domains", "plain names", id="an-address-for-a-domain"),
    pytest.param({"domains": [f"{n}.example" for n in range(51)]}, "domains", "more than 50", id="too-many-domains"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "field", "told"), WRONG)
def test_what_is_wrong_is_said_of_its_field_and_not_repeated(said: dict[str, Any], field: str, told: str) -> None:
    ((where, says),) = problems(**said)
    assert where == field
    assert told in says


@pytest.mark.parametrize("days", [0, 7])
def test_a_proof_of_the_last_seven_days_is_taken(days: int) -> None:
    assert read(form(proof_seen_on=days_ago(days)), TODAY).proof.seen_on == TODAY - timedelta(days)


def test_a_reply_from_a_lost_mailbox_proves_nothing() -> None:
    ((field, says),) = problems(proof_kind="registered_email", mailbox_lost=True)
    assert (field, "lost" in says) == ("proof_kind", True)
    assert read(form(proof_kind="registered_email"), TODAY).proof.kind == "registered_email"
    assert read(form(mailbox_lost=True), TODAY).mailbox_lost


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(RequestWrong) as wrong:
        read({}, TODAY)
    assert {field for field, _ in wrong.value.problems} == {
        "client", "new_address", "proof_kind", "proof_reference", "proof_seen_by", "proof_seen_on", "reason",
    }  # fmt: skip


@pytest.mark.parametrize(("days", "holds"), [(0, True), (7, True), (8, False), (-1, False)])
def test_a_proof_holds_for_seven_days(days: int, holds: bool) -> None:
    assert proofs.fresh(TODAY, TODAY + timedelta(days), 7) is holds
