"""A file at a signed address comes whole, from an origin we know, and nothing of ours goes there."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from include.download import download
from include.errors import Refusal, RollcallError, UnexpectedAnswer, Unreachable
from tests.scripted import says, serve

SECRET = "/file?Signature=secret"


def fetched(*lines: Any, **how: Any) -> bytes:
    into = io.BytesIO()
    with serve(*lines) as there:
        download(there.url + SECRET, into, {there.url}, **how)
    return into.getvalue()


def test_a_file_comes_to_the_byte_and_nobody_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login us password ours\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    into = io.BytesIO()
    with serve(says(200, b'{"id":"gid:\\/\\/"}\n')) as there:
        download(there.url + SECRET, into, {there.url})
        assert "authorization" not in {name.lower() for name in there.headers[0]}
    assert into.getvalue() == b'{"id":"gid:\\/\\/"}\n'


@pytest.mark.parametrize(
    ("line", "how", "kind"),
    [
        pytest.param(says(404, b"gone"), {}, Refusal, id="gone"),
        pytest.param(says(403, b"expired"), {}, Refusal, id="expired"),
        pytest.param(says(503, b""), {}, Unreachable, id="out-of-order"),
        pytest.param(says(302, b"", Location="http://127.0.0.1:9/"), {}, UnexpectedAnswer, id="a-redirect"),
        pytest.param(says(200, b"ab", Content_Length="9"), {}, Unreachable, id="cut-short"),
        pytest.param(says(200, b"abc"), {"largest": 2}, UnexpectedAnswer, id="too-large"),
        pytest.param(b"", {}, Unreachable, id="no-answer"),
    ],
)
def test_what_is_not_the_whole_file_is_an_error_that_keeps_the_address(
    line: bytes, how: dict[str, Any], kind: type[RollcallError]
) -> None:
    with pytest.raises(kind) as refused:
        fetched(line, **how)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/file",
        "https://127.0.0.1/file",
        "https://known.example@evil.example/",
        "https://kn\u043ewn.example/file",  # its o is a Cyrillic one
        "http://\uff1127.0.0.1:8/file",  # its first 1 is a wide one, which would lead to the right place
    ],
)
def test_another_origin_is_never_asked(url: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        download(url, io.BytesIO(), {"https://known.example", "http://127.0.0.1:8"})
