"""
One request on its way through the resolvers, and what it may be shown of the shop's records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.sandbox.shopify.connections import connection, search
from include.sandbox.shopify.shop import Record, Shop

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass
class Asked:
    """One request on its way through the resolvers."""

    shop: Shop
    request: Request
    searches: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = False  # in bulk: connections give all they have

    @property
    def scopes(self) -> set[str]:
        granted = set(self.shop.desk.switches["shopify_scopes"])
        return granted | {scope.replace("write_", "read_", 1) for scope in granted}

    def switched(self, name: str) -> Any:
        return self.shop.desk.switches[f"shopify_{name}"]

    def connection(self, records: Iterable[Record], root: str, arguments: Mapping[str, Any]) -> Record:
        """The part of `records`, in the order of ids, that was asked for; a search finds only what the index has."""
        bounds = {"deepest": deepest} if (deepest := self.switched("deepest")) else {}
        found = self.indexed(records, arguments.get("query"))
        return connection(found, root, self.searches.append, {**arguments, **bounds, "whole": self.whole})

    def indexed(self, records: Iterable[Record], query: str | None) -> list[Record]:
        lacking = self.switched("not_indexed") if query else ()
        return [one for one in records if one["legacyResourceId"] not in lacking] if lacking else list(records)

    def count(self, records: Iterable[Record], root: str, limit: int | None = None, query: str | None = None) -> Record:
        """How many records match, up to a limit."""
        there = len(search(self.indexed(records, query), root, query, self.searches.append))
        count = min(there, self.switched("most_counted") or there)
        if limit is not None and count > limit:
            return {"count": limit, "precision": "AT_LEAST"}
        return {"count": count, "precision": "EXACT"}
