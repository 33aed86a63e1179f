"""The reviewers hear of a message that never reaches one of a change's people, once, and of nothing that names them."""

from __future__ import annotations

import pytest

from include.notices.channels import deliver
from include.settings import Settings
from tests.notices.mailing import DAY, ID, NEW, NOW, OLD, after, put, rows, states, tried

DESK = Settings().reviewers_mail


@pytest.mark.parametrize(
    ("answer", "tries", "says"),
    [
        pytest.param("550 No such user", 0, "The mail server refused the message (550).", id="refused-for-good"),
        pytest.param("451 Greylisted", 10, "gave up after 24 hours: ", id="given-up-after-a-day"),
    ],
)
def test_the_reviewers_hear_once_of_a_message_that_never_arrives(ledger, mail, answer, tries, says):
    put(ledger, OLD, NEW, about=ID)
    tried(ledger, tries)
    mail.bad = {OLD: f"{answer}: {OLD}"}

    assert deliver(ledger, mail.sender(), NOW) == 2
    assert deliver(ledger, mail.sender(), after(DAY)) == 0

    assert states(ledger) == ["refused", "sent", "sent"]
    ((_, message),) = [(to, told) for to, told in mail.accepted if to == [DESK]]
    text = message.get_body(("plain",)).get_content()
    assert says in text
    assert f"findings/{ID}" in text
    assert rows(ledger)[-1].about is None  # it is to none of the finding's people
    for hidden in (OLD, NEW):
        assert hidden not in message.as_string()


def test_a_message_to_a_recipient_that_is_none_is_told_too(ledger, mail):
    put(ledger, "ann@old.example, eve@evil.example", about=ID)

    assert deliver(ledger, mail.sender(), NOW) == 1
    assert mail.recipients == [DESK]


def test_where_the_reviewers_own_address_is_wrong_nothing_goes_round_in_circles(ledger, mail):
    put(ledger, OLD, about=ID)
    put(ledger, DESK, about=ID)
    mail.bad = dict.fromkeys((OLD, DESK), "550 No such user")

    assert deliver(ledger, mail.sender(), NOW) == 0
    assert states(ledger) == ["refused"] * 3
