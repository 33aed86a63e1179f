"""A list's filters as the plain words that stand in its URL. What is searched for never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request

from include.review import words
from include.store import listing
from include.store.listing import Filters

AGES: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "new": ("new since yesterday", {"younger": 1}),
    "week": ("older than a week", {"older": 7}),
    "month": ("older than a month", {"older": 30}),
}
STRENGTHS = {word.replace(" ", "-"): word for word in words.STRENGTHS}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of the URL. `equal`: the shape of findings that are equal."""

    state: str = "open"
    rule: str | None = None
    strength: str | None = None
    platform: str | None = None
    age: str | None = None
    equal: str | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Wanted:
        """Read them. Raises 404 for words that no list has."""
        told = {field.name: said[field.name] for field in fields(cls) if said.get(field.name)}
        one = cls(**told)
        known = (
            one.state in words.STATES,
            one.rule is None or one.rule in words.rules(),
            one.strength is None or one.strength in STRENGTHS,
            one.platform is None or one.platform in words.PLATFORMS,
            one.age is None or one.age in AGES,
            one.equal is None or (len(one.equal) == 16 and set(one.equal) <= set("0123456789abcdef")),
        )
        if not all(known):
            raise HTTPException(404, "There is no such list.")
        return one

    @classmethod
    def asked(cls, request: Request) -> Wanted:
        return cls.of(request.query_params)

    def filters(self, today: date, sought: str | None = None) -> Filters:
        """As the ledger is asked."""
        ages = AGES[self.age][1] if self.age else {}
        return Filters(
            state=self.state,
            rule=self.rule,
            confidence=words.STRENGTHS[STRENGTHS[self.strength]] if self.strength else None,
            platform=self.platform,
            shape=self.equal,
            sought=sought,
            **listing.days(today=today, **ages),
        )

    def url(self, **other: str | None) -> str:
        """The query of this list, or of the one that differs from it by these words."""
        told = {field.name: getattr(self, field.name) for field in fields(self)} | other
        said = {name: value for name, value in told.items() if value and (name, value) != ("state", "open")}
        return f"?{urlencode(said)}" if said else "?state=open"

    @property
    def narrowed(self) -> bool:
        """Whether anything but state and rule is asked for."""
        return bool(self.strength or self.platform or self.age or self.equal)
