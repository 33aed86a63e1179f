"""Opening, upgrading and locking the ledger, on both databases."""

from __future__ import annotations

import pytest

from include.errors import LedgerOutdated
from include.store.findings import counts
from include.store.ledger import open_ledger, upgrade


def test_upgrading_makes_a_ledger_that_opens_and_is_empty(bare_url):
    with pytest.raises(LedgerOutdated, match=r"has no tables.*python -m include.store upgrade"):
        open_ledger(bare_url)
    upgrade(bare_url)
    assert counts(open_ledger(bare_url)) == {}
