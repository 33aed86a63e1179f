"""The trend as a picture: whole PNG, a bar a night, as high as what waited; and in the mail where its HTML names it."""

from __future__ import annotations

import struct
import zlib

import pytest

from include.notices.channels import deliver
from include.notices.pictures import BEFORE, HEIGHT, INK, NEW, WIDTH, Bar, trend
from include.store import outbox
from tests.notices.mailing import NOW, digest


def pixels(png: bytes) -> list[bytes]:
    """The rows of a picture as its colors' numbers; every checksum is held against what it is of."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    raw = zlib.decompress(chunks[b"IDAT"])
    rows = [raw[start : start + WIDTH + 1] for start in range(0, len(raw), WIDTH + 1)]
    assert len(rows) == HEIGHT
    assert {row[0] for row in rows} == {0}
    return [row[1:] for row in rows]


def heights(rows: list[bytes]) -> list[tuple[int, int]]:
    """Of each bar from the left: how high it is, and how much of it is new."""
    columns = [bytes(row[x] for row in rows) for x in range(WIDTH)]
    tall = [(column.count(BEFORE) + column.count(NEW), column.count(NEW)) for column in columns]
    return [now for before, now in zip([(0, 0), *tall], tall, strict=False) if before[0] == 0 < now[0]]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([(10, 5), (20, 0), (5, 5)], [(0.5, 0.25), (1, 0), (0.25, 0.25)], id="in proportion"),
        pytest.param([(3, 9)], [(1, 1)], id="more new than still wait"),
        pytest.param([(0, 0), (4, 0)], [(1, 0)], id="a night on which nothing waited"),
        pytest.param([(50_000, 1)] * 14, [(1, 0)] * 14, id="a fortnight of a large shop"),
    ],
)
def test_each_night_is_a_bar_as_high_as_what_waited_and_its_news_are_marked(told, expected):
    bars = [Bar(f"2026-11-{day:02}", waiting, new) for day, (waiting, new) in enumerate(told, 1)]
    drawn = heights(pixels(trend(bars)))
    tallest = max(height for height, _ in drawn)
    assert tallest > HEIGHT / 2
    shares = [(height / tallest, new / tallest) for height, new in drawn]
    assert shares == [(pytest.approx(height, abs=0.01), pytest.approx(new, abs=0.01)) for height, new in expected]


def test_numbers_of_neighbours_do_not_touch():
    rows = pixels(trend([Bar(f"2026-11-{day:02}", 88_888, 0) for day in range(10, 24)]))
    above = [bytes(row[x] for row in rows[:40]) for x in range(WIDTH)]
    inked = "".join("#" if INK in column else " " for column in above)
    numbers = [word for word in inked.split("   ") if word.strip()]
    assert len(numbers) == 14


def test_nights_without_anything_are_drawn_too():
    assert heights(pixels(trend([]))) == heights(pixels(trend([Bar("2026-11-01", 0, 0)]))) == []


def test_the_picture_arrives_beside_the_html_that_shows_it_and_the_text_that_tells_the_same(ledger, mail):
    told = digest()
    with ledger.write() as connection:
        outbox.put(connection, told, NOW)
    deliver(ledger, mail.sender(), NOW)
    ((_, message),) = mail.accepted
    text, related = message.iter_parts()
    html, picture = related.iter_parts()
    assert (message.get_content_type(), related.get_content_type()) == ("multipart/alternative", "multipart/related")
    assert text.get_content().splitlines() == told.text.splitlines()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html.get_content()
    assert (picture.get_content_type(), picture.get_content_disposition()) == ("image/png", "inline")
    assert picture.get_content() == told.pictures["trend@rollcall"]
