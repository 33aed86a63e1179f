"""
The trend of the last nights as a small PNG: a bar a night, what is new on top of what waited before, numbers above.

It draws with nothing but zlib, because mail programs show PNG and no SVG. It holds no words: the text beside it does.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1120, 300  # shown at half of it, so that it is sharp on dense screens
TOP, BOTTOM, SIDE = 40, 36, 16
TOO_WIDE = 10_000  # a number of this many is written smaller
PALETTE = ((255, 255, 255), (221, 225, 232), (86, 96, 114), (176, 190, 214), (11, 87, 194))
PAPER, LINE, INK, BEFORE, NEW = range(5)
GLYPHS = {
    "0": "01110100011001110101110011000101110",
    "1": "00100011000010000100001000010001110",
    "2": "01110100010000100010001000100011111",
    "3": "11111000100010000010000011000101110",
    "4": "00010001100101010010111110001000010",
    "5": "11111100001111000001000011000101110",
    "6": "00110010001000011110100011000101110",
    "7": "11111000010001000100010000100001000",
    "8": "01110100011000101110100011000101110",
    "9": "01110100011000101111000010001001100",
    "-": "00000000000000011111000000000000000",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A night: how many wait for a decision, and how many of these were new or came back."""

    night: str
    waiting: int
    new: int


def trend(bars: Sequence[Bar]) -> bytes:
    """The picture, as PNG."""
    rows = [bytearray([PAPER]) * WIDTH for _ in range(HEIGHT)]
    base = HEIGHT - BOTTOM
    _fill(rows, SIDE, base, WIDTH - SIDE, base + 2, LINE)
    most = max([bar.waiting for bar in bars] + [1])
    step = (WIDTH - 2 * SIDE) // max(len(bars), 7)
    for number, bar in enumerate(bars):
        left, right = SIDE + number * step + 6, SIDE + (number + 1) * step - 6
        top, new = (base - round((base - TOP) * part / most) for part in (bar.waiting, min(bar.new, bar.waiting)))
        _fill(rows, left, top, right, base, BEFORE)
        _fill(rows, left, top, right, top + base - new, NEW)
        middle = (left + right) // 2
        _write(rows, str(bar.waiting), middle, top - 28, 3 if bar.waiting < TOO_WIDE else 2)
        _write(rows, bar.night[5:], middle, base + 12, 2)
    return _png(rows)


def _fill(rows: Sequence[bytearray], left: int, top: int, right: int, bottom: int, color: int) -> None:
    for row in rows[max(top, 0) : max(bottom, 0)]:
        row[left:right] = bytes([color]) * (right - left)


def _write(rows: Sequence[bytearray], text: str, middle: int, top: int, scale: int) -> None:
    left = middle - (len(text) * 6 - 1) * scale // 2
    for place, letter in enumerate(text):
        for at, on in enumerate(GLYPHS[letter]):
            if on == "1":
                x, y = left + (place * 6 + at % 5) * scale, top + at // 5 * scale
                _fill(rows, x, y, x + scale, y + scale, INK)


def _png(rows: Sequence[bytearray]) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    colors = b"".join(bytes(color) for color in PALETTE)
    drawn = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", colors), (b"IDAT", drawn), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
