"""Bars as coordinates, for a template to draw as SVG. Their words stand beside the picture and in a table, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100.0
STEP, WIDTH = 10.0, 7.0  # from one bar to the next, and how wide it is


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar from the bottom up: `part` of it is marked, from its top down. `says`: what pointing at it shows."""

    x: float
    y: float
    height: float
    part: float
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box as wide as `width`, drawn as wide as there is room. `most`: what the highest stands for."""

    bars: tuple[Bar, ...]
    width: float
    most: int


def chart(points: Sequence[tuple[str, int, int]], places: int = 14) -> Chart:
    """
    `points`: what each says, its number, and how much of that is marked. Room is kept for `places` of them, and the
    last is at the end.
    """
    most = max((number for _, number, _ in points), default=0)
    scale = HEIGHT / most if most else 0.0
    bars = []
    for at, (says, number, part) in enumerate(points, max(places - len(points), 0)):
        height = round(number * scale, 2)
        bars.append(Bar(at * STEP, round(HEIGHT - height, 2), height, round(min(part, number) * scale, 2), says))
    return Chart(tuple(bars), max(places, len(points)) * STEP - (STEP - WIDTH), most)
