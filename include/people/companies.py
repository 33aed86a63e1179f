"""
Company names in a form in which two spellings of one company are equal: without case, accents, punctuation, the
article and the legal form. For comparing only, and weak: branches and namesakes share a name.

`normal` is the truth. `plainly` gives the same for whole columns in the engine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from include.people.lists import listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLAIN = "[A-Za-z0-9 &,.'/-]*"
DROPPED = ".'\u2019"  # within a word: S.A. is SA
EDGES = r"^ | \z"  # not `strip`: on Spark, ibis 12 takes the letters v and f off as well (seen 2026-11)


@lru_cache(maxsize=1 << 15)
def normal(text: str | None) -> str | None:
    """The normal form of a company's name, or None when it names none."""
    folded = unicodedata.normalize("NFKD", (text or "").casefold())
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    bare = bare.translate(dict.fromkeys(map(ord, DROPPED))).replace("&", " and ").replace("+", " and ")
    spaced = " ".join(re.findall(r"[^\W_]+", bare))
    core = re.sub(_ends() + r"\Z", "", re.sub("^the ", "", spaced))
    return core if core and core not in fillers() else None


def plainly(raw: ir.Table) -> ir.Table:
    """`raw`, its `company`, and `plain`: whether that holds, or only `normal` can tell."""
    from ibis import _

    bare = raw.mutate(bare=_.raw.lower().re_replace(f"[{DROPPED}]", "").replace("&", " and "))
    spaced = bare.mutate(spaced=_.bare.re_replace("[^a-z0-9]+", " ").re_replace(EDGES, ""))
    core = spaced.mutate(company=_.spaced.re_replace("^the ", "").re_replace(_ends() + r"\z", ""))
    return core.select(
        "raw",
        "company",
        plain=_.raw.re_search(rf"^{PLAIN}\z") & (_.company != "") & ~_.company.isin(sorted(fillers())),
    )


@cache
def fillers() -> frozenset[str]:
    """What is entered where there is no company."""
    return frozenset(listed("placeholder_companies"))


@cache
def _ends() -> str:
    """A regular expression for the legal forms that a name ends in."""
    forms = "|".join(sorted(listed("legal_forms"), key=lambda form: (-len(form), form)))
    return f"(?: and| {forms.replace('|', '| ')})+"
