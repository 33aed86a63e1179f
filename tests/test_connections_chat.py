"""An Airflow connection becomes a chat: only at a known host, over https, and its path is told to nobody."""

from __future__ import annotations

import json
import logging

import pytest

from include import connections
from include.errors import SettingsWrong
from tests.connecting import airflow, connect, set_to
from tests.notices.mailing import digest
from tests.scripted import says, serve

pytestmark = pytest.mark.airflow

__all__ = ["airflow", "connect", "set_to"]  # fixtures

SECRET = "/services/T000/B000/a-secret-path"


@pytest.fixture
def told() -> object:
    return digest("desk")


def test_a_notice_is_posted_to_the_path_that_is_the_connections_password(connect, set_to, told, caplog):
    set_to(chat="desk")
    caplog.set_level(logging.DEBUG)
    with serve(says(200, b"ok")) as script:
        connect("desk", host=script.url, login="somebody", password=SECRET, extra={"X-Key": "another secret"})
        post = connections.chat()
        assert post is not None
        assert post(told) == 200
    assert script.asked == [f"POST {SECRET}"]
    assert json.loads(script.bodies[0])["text"].startswith("Rollcall: 1 new for review")
    assert {"Authorization", "X-Key"}.isdisjoint(script.headers[0])
    assert "a-secret-path" not in caplog.text


def test_without_the_setting_there_is_no_chat(connect, set_to):
    assert connections.chat() is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param({"host": "https://evil.example"}, "names the host evil.example", id="another host"),
        pytest.param({"host": "https://hooks.slack.com.evil.example"}, "names the host hooks", id="suffix"),
        pytest.param({"host": "https://webhook.office.com"}, "names the host webhook.office.com", id="no sub-domain"),
        pytest.param({"host": "http://hooks.slack.com"}, "must be https", id="in the clear"),
        pytest.param({"host": ""}, "needs the chat's host", id="no host"),
        pytest.param({"host": "https://hooks.slack.com", "password": ""}, "as its password", id="no path"),
        pytest.param(None, "There is no Airflow connection 'desk'", id="no connection"),
    ],
)  # fmt: skip
def test_a_chat_that_may_not_hear_of_it_is_not_asked(connect, set_to, told, said, why):
    set_to(chat="desk")
    if said is not None:
        connect("desk", **{"password": SECRET, "login": ""} | said)
    post = connections.chat()
    assert post is not None
    with pytest.raises(SettingsWrong, match=why) as raised:
        post(told)
    assert "a-secret-path" not in str(raised.value)


def test_on_this_machine_only_the_sandbox_has_a_chat(connect, set_to, told):
    set_to(chat="desk", sandbox="false")
    connect("desk", host="http://127.0.0.1:9", password=SECRET)
    post = connections.chat()
    assert post is not None
    with pytest.raises(SettingsWrong, match="set ROLLCALL_SANDBOX=true"):
        post(told)
