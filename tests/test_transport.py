"""HTTP to a platform: reads are ridden out, writes are sent once, and every failure has its word in `errors.py`."""

from __future__ import annotations

import email.utils
import gzip
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from include.errors import RateLimited, RollcallError, TryLater, UnclearOutcome, UnexpectedAnswer, Unreachable
from include.pace import LONGEST_PAUSE
from include.transport import LARGEST_BODY, TRIES, Answer, Http, pooled, retry_after
from tests.scripted import says, serve

SECRET = "s3cret-token"
FINE = says(200, {"id": 1})
HTML = b"<html><body>Please log in, ann@old.example</body></html>"
CHUNKED = {"Transfer_Encoding": "chunked", "Content_Length": ""}


class Client:
    """A platform's HTTP to a script; `slept` is what it would have waited."""

    def __init__(self, url: str, **how: Any) -> None:
        self.slept: list[float] = []
        session = pooled(requests.Session(), url)
        session.headers["Authorization"] = f"Bearer {SECRET}"
        how.setdefault("judge", lambda answer: None)
        self.http = Http("hubspot", session, url, sleep=self.slept.append, **how)

    def send(self, verb: str, path: str = "/contacts/7", **how: Any) -> Answer:
        if verb == "read":
            return self.http.read("GET", path, **how)
        return self.http.write("PATCH", path, json={"email": "ann@new.example"}, **how)

    def fails(self, verb: str, path: str = "/contacts/7", **how: Any) -> RollcallError:
        with pytest.raises(RollcallError) as failed:
            self.send(verb, path, **how)
        return failed.value


STATUSES: list[Any] = [
    *((status, UnexpectedAnswer, UnexpectedAnswer, 1) for status in (300, 301, 302, 303, 304, 307, 308)),
    *((status, UnexpectedAnswer, UnexpectedAnswer, 1) for status in (400, 401, 403, 404, 409, 410, 418, 422, 451, 499)),
    *((status, Unreachable, UnclearOutcome, 1) for status in (525, 526)),
    *((status, Unreachable, UnclearOutcome, TRIES) for status in (500, 501, 502, 503, 504, 520, 524, 599)),
    (429, RateLimited, RateLimited, TRIES),
]


@pytest.mark.parametrize(("status", "reading", "writing", "tries"), STATUSES, ids=[str(each[0]) for each in STATUSES])
def test_every_status_has_its_error_and_only_a_read_is_sent_again(status, reading, writing, tries):
    for verb, kind, times in (("read", reading, tries), ("write", writing, 1)):
        with serve(says(status, {"message": "ann@old.example"} if status != 304 else None)) as script:
            failed = Client(script.url).fails(verb)
        assert (type(failed), len(script.asked)) == (kind, times)
        assert str(status) in str(failed) or isinstance(failed, RateLimited)


@pytest.mark.parametrize("verb", ["read", "write"])
@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(FINE, {"id": 1}, id="json"),
        pytest.param(says(201, [1, "\ud800 \U0001f600"]), [1, "\ud800 \U0001f600"], id="surrogates"),
        pytest.param(says(202, b""), None, id="an-empty-body"),
        pytest.param(says(201, b" \r\n "), None, id="only-spaces"),
        pytest.param(says(204, None, Content_Length=""), None, id="no-content"),
        pytest.param(says(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"), {"a": 1}, id="gzip"),
        pytest.param(says(200, b"3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n", **CHUNKED), [1, 2], id="chunks"),
        pytest.param(says(200, {"id": 1}, Content_Type="text/html"), {"id": 1}, id="json-said-to-be-html"),
    ],
)
def test_a_whole_answer_comes_back_whole(verb, answer, body):
    with serve(answer) as script:
        assert Client(script.url).send(verb).body == body
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "answer", [FINE, says(200, gzip.compress(b'{"id": 1}'), Content_Encoding="gzip")], ids=["plain", "gzip"]
)
def test_an_answer_keeps_its_bytes_as_they_came_but_for_their_compression(answer):
    with serve(answer) as script:
        told = Client(script.url).send("read")
    assert (told.raw, told.body) == (b'{"id": 1}', {"id": 1})


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Mon, 23 Nov 2026 02:00:05 GMT", datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 04:00:05 +0200", datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("", None),
    ],
    ids=["as-http-writes-it", "another-zone", "garbage", "past-the-last", "none"],
)
def test_an_answer_tells_when_the_platform_made_it(header, date):
    with serve(says(200, {"id": 1}, Date=header)) as script:
        assert Client(script.url).send("read").date == date


BROKEN: dict[str, Any] = {
    "no-answer": b"",
    "half-a-status-line": b"HTTP/1.",
    "no-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "json-cut-short": says(200, b'{"results": [{"id": "1"}', Content_Length="900"),
    "whole-json-that-should-go-on": says(200, b"[1]", Content_Length="900"),
    "json-without-its-end": says(200, b'{"results": [{"id": "1"}'),
    "chunks-without-an-end": says(200, b"3\r\n[1]\r\n", **CHUNKED),
    "a-chunk-cut-short": says(200, b"ff\r\n[1]", **CHUNKED),
    "gzip-cut-short": says(200, gzip.compress(b"[" + b"1," * 900 + b"1]")[:-20], Content_Encoding="gzip"),
    "no-gzip": says(200, b"[1]", Content_Encoding="gzip"),
    "a-log-in-page": says(200, HTML, Content_Type="text/html"),
    "a-page-said-to-be-json": says(403, HTML),
    "no-utf-8": says(200, b'{"name": "Ann\xff"}'),
    "a-million-brackets": says(200, b"[" * 1_000_000),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_cannot_be_used_is_asked_for_again_but_never_written_again(answer):
    with serve(answer, answer, FINE) as script:
        assert Client(script.url).send("read").body == {"id": 1}
        assert len(script.asked) == 3
    with serve(answer) as script:
        assert type(Client(script.url).fails("read")) is Unreachable
        assert len(script.asked) == TRIES
    with serve(answer) as script:
        assert type(Client(script.url).fails("write")) is UnclearOutcome
        assert len(script.asked) == 1


@pytest.mark.parametrize("body", [b"", b" \r\n "], ids=["an-empty-body", "only-spaces"])
def test_nothing_is_no_answer_to_a_read_but_to_a_write(body):
    with serve(says(200, body), FINE) as script:
        assert Client(script.url).send("read").body == {"id": 1}
        assert len(script.asked) == 2
    with serve(says(200, body)) as script:
        assert Client(script.url).send("write").body is None


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""], ids=["html", "text", "unsaid"])
def test_a_refusal_in_html_is_for_the_platform_to_judge(kind):
    judged: list[Answer] = []
    with serve(says(403, HTML, Content_Type=kind)) as script:
        client = Client(script.url, judge=lambda answer: judged.append(answer))
        assert isinstance(client.fails("read"), UnexpectedAnswer)
    assert [(answer.status, answer.body) for answer in judged] == [(403, {})]


@pytest.mark.parametrize("verb", ["read", "write"])
def test_what_the_platform_refuses_is_refused_at_once(verb):
    with serve(says(200, {"error": "no"})) as script:
        assert str(Client(script.url, judge=lambda answer: RollcallError("It said no.")).fails(verb)) == "It said no."
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param("3", 3, 3, id="seconds"),
        pytest.param("0.25", 0.25, 0.25, id="parts-of-a-second"),
        pytest.param("0", 0, 0, id="none"),
        pytest.param("-5", 0, 0, id="a-negative-number"),
        pytest.param("nan", 0, 10, id="no-number"),
        pytest.param("soon", 0, 10, id="garbage"),
        pytest.param("Mon, 99 Foo 2026 25:61:61 GMT", 0, 10, id="no-such-date"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -9999", 0, 10, id="a-date-past-the-last"),
        pytest.param(
            email.utils.format_datetime(datetime(2026, 1, 1, tzinfo=UTC), usegmt=True), 0, 0, id="a-past-date"
        ),
        pytest.param("", 0, 10, id="empty"),
    ],
)
def test_a_read_waits_as_long_as_it_is_asked_to(header, least, most):
    with serve(says(429, None, Retry_After=header), FINE) as script:
        client = Client(script.url)
        assert client.send("read").body == {"id": 1}
    assert len(script.asked) == 2
    assert least - 0.1 <= sum(client.slept) <= most + 0.1


def test_a_date_to_wait_for_is_counted_from_now():
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    for then, seconds in ((now + timedelta(seconds=42), 42.0), (now - timedelta(days=1), 0.0)):
        answer = Answer(429, {"Retry-After": email.utils.format_datetime(then)}, None)
        assert retry_after(answer, now) == seconds


@pytest.mark.parametrize(
    "header", [str(LONGEST_PAUSE + 1), "86400", "inf"], ids=["a-little-longer", "a-day", "for-ever"]
)
def test_a_wait_that_would_hold_the_worker_is_left_to_the_night(header):
    with serve(says(429, None, Retry_After=header)) as script:
        client = Client(script.url)
        failed = client.fails("read")
    assert (type(failed), client.slept, len(script.asked)) == (RateLimited, [], 1)
    assert isinstance(failed, TryLater)


def test_waits_grow_and_end_after_the_last_try():
    with serve(says(503)) as script:
        client = Client(script.url)
        client.fails("read")
    assert len(client.slept) == TRIES - 1
    assert all(0 <= seconds <= 0.5 * 2**number for number, seconds in enumerate(client.slept))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_host_that_is_not_there_saw_nothing_and_is_named(verb):
    failed = Client(f"http://127.0.0.1:{closed_port()}").fails(verb)
    assert type(failed) is Unreachable
    assert "hubspot cannot be reached at 127.0.0.1" in str(failed)


@pytest.mark.parametrize("how", [{}, {"Content_Encoding": "gzip"}], ids=["plain", "gzip"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(how):
    body = b"[" + b"1," * 500_000 + b"1]"
    with serve(says(200, gzip.compress(body) if how else body, **how)) as script:
        failed = Client(script.url, largest_body=100_000).fails("read")
    assert (type(failed), len(script.asked)) == (UnexpectedAnswer, 1)
    assert "more than 100,000 bytes" in str(failed)
    assert LARGEST_BODY > 10_000_000
