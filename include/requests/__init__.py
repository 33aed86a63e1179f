"""
What a client asked for: another address, by whose word, with what proof of who asked. Nouns and their validation.

It locates nobody and writes nothing: `planning` looks requests up on the platforms, `store.requests` keeps them.
"""

from __future__ import annotations

from include.requests.asked import PROOFS, WEAK, Proof, Request
from include.requests.reading import read
from include.requests.spreadsheet import COLUMNS, read_csv

__all__ = ["ABOUT", "COLUMNS", "PROOFS", "RULE", "WEAK", "Proof", "Request", "read", "read_csv"]

RULE = "requested_email_change"
ABOUT = "A client asked for another address: the whole procedure as one option."
