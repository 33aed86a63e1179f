"""What goes into the chat: in the chat's own JSON, posted once, and keeping no mail from going out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from include import webhook
from include.errors import SettingsWrong
from include.model import Notice
from include.notices import chat
from include.notices.channels import deliver
from include.store import outbox
from tests.notices.mailing import NOW, OLD, after, digest, put, rows, states
from tests.scripted import Line, Scripted, says, serve, silence

SECRET = "/services/T000/B000/a-secret-path"


def posting(script: Scripted, seconds: float = 5) -> Callable[[Notice], int]:
    """What `connections.chat` gives, without Airflow."""

    def post(notice: Notice) -> int:
        return webhook.post(requests.Session(), script.url + SECRET, chat.payload(notice, "127.0.0.1"), seconds)

    return post


@pytest.fixture
def waiting(ledger):
    """A ledger with a digest for the chat, and a mail after it."""
    with ledger.write() as connection:
        outbox.put(connection, digest("desk"), NOW)
    put(ledger, OLD)
    return ledger


def test_the_digest_is_posted_once_as_json_and_the_mail_goes_out_too(waiting, mail):
    with serve(says(200, b"ok", Content_Type="text/plain")) as script:
        assert deliver(waiting, mail.sender(), NOW, posting(script)) == 2
        assert deliver(waiting, mail.sender(), NOW, posting(script)) == 0
    assert script.asked == [f"POST {SECRET}"]
    assert script.headers[0]["Content-Type"] == "application/json"
    told = json.loads(script.bodies[0])
    assert list(told) == ["text"]
    assert told["text"].startswith("Rollcall: 1 new for review, 1 came back\nThe night of 2026-11-23 found 1 new")
    assert states(waiting) == ["sent", "sent"]
    assert mail.recipients == [OLD]


@pytest.mark.parametrize(
    "host", ["prod-1.westus.logic.azure.com", "harbor.webhook.office.com", "x.api.powerplatform.com"]
)
def test_teams_gets_an_adaptive_card_with_the_same_words(host):
    told = chat.payload(digest("desk"), host)
    (attached,) = told["attachments"]
    assert (told["type"], attached["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    said = [block["text"] for block in attached["content"]["body"]]
    assert "\n".join(said) == chat.payload(digest("desk"), "hooks.slack.com")["text"]


@pytest.mark.parametrize(
    ("answer", "state", "problem"),
    [
        pytest.param(says(404), "refused", "The chat's webhook refused it (404): was it revoked?", id="revoked"),
        pytest.param(says(302, Location="https://evil.example/"), "refused", "(302)", id="sent elsewhere"),
        pytest.param(says(429), "waiting", "The chat cannot take it now (429).", id="too many"),
        pytest.param(says(503), "waiting", "The chat cannot take it now (503).", id="down"),
        pytest.param(b"", "refused", "may have got the message, which is not posted again", id="cut off"),
        pytest.param(silence, "refused", "gave no answer within 0.2 s. It may have got", id="silent"),
    ],
)  # fmt: skip
def test_what_the_chat_answers_decides_whether_it_is_posted_again(waiting, mail, answer: Line, state, problem):
    with serve(answer) as script:
        assert deliver(waiting, mail.sender(), NOW, posting(script, 0.2)) == 1
        row, mailed = rows(waiting)
        assert (row.state, mailed.state) == (state, "sent")
        assert problem in row.problem
        assert SECRET not in row.problem
        deliver(waiting, mail.sender(), after(10), posting(script, 0.2))
    assert len(script.asked) == (2 if state == "waiting" else 1)


def test_a_chat_that_is_not_there_is_tried_again_later(waiting, mail):
    with serve(says(200)) as script:
        pass  # its port is closed now
    assert deliver(waiting, mail.sender(), NOW, posting(script)) == 1
    row, _ = rows(waiting)
    assert (row.state, row.problem, row.due_at > NOW) == ("waiting", "The chat cannot be reached.", True)


def test_a_chat_that_is_wrongly_set_up_keeps_no_mail_from_going_out_and_is_told_at_the_end(waiting, mail):
    def post(notice: Notice) -> int:
        raise SettingsWrong("The connection desk needs a host.")

    with pytest.raises(SettingsWrong, match="needs a host"):
        deliver(waiting, mail.sender(), NOW, post)
    assert states(waiting) == ["waiting", "sent"]


def test_what_was_for_a_chat_that_is_no_more_is_closed(waiting, mail):
    assert deliver(waiting, mail.sender(), NOW) == 1
    row, _ = rows(waiting)
    assert (row.state, row.problem) == ("refused", "There is no chat: ROLLCALL_CHAT is empty.")
