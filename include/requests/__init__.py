"""
What a client asked for: another address, by whose word, with what proof of who asked. Nouns and their validation.

It locates nobody and writes nothing: `planning` looks requests up on the platforms, `store.requests` keeps them.
"""

from __future__ import annotations

from include.requests.asked import PROOFS, PROVEN_DAYS, WEAK, Proof, Request, still_proven
from include.requests.reading import read
from include.requests.spreadsheet import COLUMNS, read_csv

__all__ = [
    "ABOUT", "COLUMNS", "PROOFS", "PROVEN_DAYS", "RULE", "WEAK", "Proof", "Request", "read", "read_csv", "still_proven",
]  # fmt: skip

RULE = "requested_email_change"
ABOUT = "A client asked for another address: the whole procedure as one option."
