"""What a mail server's moods mean: for one message, for now, or for all of them."""

from __future__ import annotations

import smtplib
import socket
import ssl

import pytest

from include.errors import SettingsWrong, Unauthorized, Unreachable
from include.notices.channels import deliver
from tests.notices.mailing import DAY, DROP, NEW, NOW, OLD, MailServer, after, put, refusing, rows, states, tried


@pytest.mark.parametrize("step", ["at_rcpt", "at_data"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        pytest.param("421 Closing", "waiting", id="421-going-away"),
        pytest.param("450 Busy", "waiting", id="450-busy"),
        pytest.param("451 Greylisted", "waiting", id="451-greylisted"),
        pytest.param("452 Full", "waiting", id="452-full"),
        pytest.param("550 No such user", "refused", id="550-unknown"),
        pytest.param("552 Too large", "refused", id="552-too-large"),
        pytest.param("554 Spam", "refused", id="554-unwanted"),
    ],
)
def test_only_a_lasting_answer_closes_a_message_and_the_other_one_still_goes(ledger, mail, step, answer, state):
    put(ledger, OLD, NEW)
    setattr(mail, step, [f"{answer}: {OLD}"])

    assert deliver(ledger, mail.sender(), NOW) == 1

    assert states(ledger) == [state, "sent"]
    assert answer[:3] in rows(ledger)[0].problem
    assert "@" not in rows(ledger)[0].problem
    assert mail.recipients == [NEW]


def test_a_message_too_large_to_be_announced_is_closed_and_the_other_one_still_goes(ledger, mail):
    put(ledger, OLD, NEW)
    mail.at_mail = ["552 Too large"]

    assert deliver(ledger, mail.sender(), NOW) == 1
    assert states(ledger) == ["refused", "sent"]


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [(0, 5), (1, 10), (2, 20), (6, 320), (7, 360), (8, 360), pytest.param(9, 85, id="the-last-one-after-24-hours")],
)
def test_each_failure_waits_twice_as_long_as_the_one_before(ledger, mail, tries, minutes):
    put(ledger, OLD)
    tried(ledger, tries)
    mail.at_rcpt = ["451 Greylisted"]

    deliver(ledger, mail.sender(), NOW)

    (row,) = rows(ledger)
    assert (row.state, row.tries) == ("waiting", tries + 1)
    assert 0 <= (row.due_at - after(minutes)).total_seconds() < 30


def test_what_is_put_off_goes_out_when_it_is_due(ledger, mail):
    put(ledger, OLD)
    mail.at_rcpt = ["451 Greylisted"]

    assert [deliver(ledger, mail.sender(), after(minutes)) for minutes in (0, 4, 6)] == [0, 0, 1]
    assert states(ledger) == ["sent"]


def test_a_message_is_given_up_after_a_day_of_failures(ledger, mail):
    put(ledger, OLD)
    mail.at_rcpt = ["451 Greylisted"] * 99

    attempts, now = 0, NOW
    while states(ledger) == ["waiting"]:
        now = max(now, rows(ledger)[0].due_at)
        deliver(ledger, mail.sender(), now)
        attempts += 1

    (row,) = rows(ledger)
    assert row.state == "refused"
    assert row.problem.startswith("gave up after 24 hours")
    assert attempts == 11
    assert now >= after(DAY)


def test_a_message_that_was_accepted_before_the_line_broke_goes_out_again_as_the_same_message(ledger, mail):
    put(ledger, OLD)
    mail.at_data = [DROP]

    assert [deliver(ledger, mail.sender(), after(minutes)) for minutes in (0, 6, DAY)] == [0, 1, 0]

    (_, first), (_, second) = mail.accepted
    assert first["Message-ID"] == second["Message-ID"] == rows(ledger)[0].message_id


def test_a_message_whose_worker_was_killed_after_it_was_accepted_goes_out_again_as_the_same_message(ledger, mail):
    put(ledger, OLD)

    class Killed(BaseException):
        """The process ends here."""

    def send_and_die(message):
        mail.sender()(message)
        raise Killed

    with pytest.raises(Killed):
        deliver(ledger, send_and_die, NOW)

    assert [deliver(ledger, mail.sender(), after(minutes)) for minutes in (1, 11)] == [0, 1]
    (_, first), (_, second) = mail.accepted
    assert first["Message-ID"] == second["Message-ID"]


def nobody_there() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def unreachable(_):
    smtplib.SMTP("127.0.0.1", nobody_there(), timeout=1)


def will_not_greet(_):
    raise smtplib.SMTPConnectError(554, b"No SMTP service here")


@pytest.mark.parametrize("answer", [DROP, "421 Closing", unreachable, will_not_greet])
def test_a_server_that_is_not_there_is_asked_three_times_and_then_left_to_a_later_try(ledger, mail, answer):
    put(ledger, *(f"ann{number}@old.example" for number in range(5)))
    mail.at_rcpt = [answer] * 5

    with pytest.raises(Unreachable):
        deliver(ledger, answer if callable(answer) else mail.sender(), NOW)

    assert [row.tries for row in rows(ledger)] == [1, 1, 1, 0, 0]
    assert states(ledger) == ["waiting"] * 5


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([DROP, DROP, "250 OK", DROP, DROP], id="a-message-went-between"),
        pytest.param([DROP, DROP, "451 Greylisted", DROP, DROP], id="a-recipient-was-answered-between"),
        pytest.param(["451 Greylisted"] * 5, id="the-server-always-answered"),
    ],
)
def test_a_server_that_answers_now_and_then_is_there(ledger, mail, answers):
    put(ledger, *(f"ann{number}@old.example" for number in range(6)))
    mail.at_rcpt = answers

    assert deliver(ledger, mail.sender(), NOW) >= 1
    assert states(ledger)[-1] == "sent"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param({"at_mail": ["530 Authentication required"]}, Unauthorized, id="a-login-is-wanted"),
        pytest.param({"at_rcpt": ["530 Authentication required"]}, Unauthorized, id="a-login-is-wanted-late"),
        pytest.param({"at_mail": ["550 Not your address"]}, SettingsWrong, id="the-sender-is-not-ours"),
    ],
)
def test_what_is_wrong_with_us_stops_and_costs_no_message_a_try(ledger, mail, answers, error):
    put(ledger, OLD, NEW)
    vars(mail).update(answers)

    with pytest.raises(error) as caught:
        deliver(ledger, mail.sender(), NOW)

    assert "@" not in str(caught.value)
    assert caught.value.__context__ is None
    assert [row.tries for row in rows(ledger)] == [0, 0]
    assert deliver(ledger, mail.sender(), after(11)) == 2


@pytest.mark.parametrize(("code", "error"), [(535, Unauthorized), (534, Unauthorized)])
def test_a_login_that_is_not_accepted_stops(ledger, code, error):
    with MailServer(authenticator=refusing(code), auth_require_tls=False) as server:
        put(ledger, OLD)

        with pytest.raises(error, match=str(code)):
            deliver(ledger, server.sender(login="us"), NOW)

    assert [(row.state, row.tries) for row in rows(ledger)] == [("waiting", 0)]


def test_a_login_that_cannot_be_checked_now_is_tried_later(ledger):
    with MailServer(authenticator=refusing(454), auth_require_tls=False) as server:
        put(ledger, OLD)

        assert deliver(ledger, server.sender(login="us"), NOW) == 0

    assert [(row.state, row.tries) for row in rows(ledger)] == [("waiting", 1)]


@pytest.mark.parametrize("options", [{"encrypted": True}, {"login": "us"}])
def test_a_server_without_the_encryption_or_login_we_ask_for_gets_nothing(ledger, mail, options):
    put(ledger, OLD)

    with pytest.raises(SettingsWrong, match="smtp_default"):
        deliver(ledger, mail.sender(**options), NOW)

    assert mail.accepted == []
    assert states(ledger) == ["waiting"]


def test_a_certificate_that_cannot_be_trusted_stops(ledger):
    def send(_):
        raise ssl.SSLCertVerificationError

    put(ledger, OLD)

    with pytest.raises(SettingsWrong, match="certificate"):
        deliver(ledger, send, NOW)
