"""People as findings speak of them, with what a night filed of their records."""

from __future__ import annotations

from typing import Any

from include.model import Finding
from include.store import findings
from include.store.dossiers import Dossier
from include.store.findings import FindingRow
from include.store.ledger import Ledger
from tests.store.cases import NIGHT, a_finding, again

ANN = {"ref": "hubspot:contact:1", "email": "ann@old.example", "first_name": "Ann", "last_name": "Lovelace"}
ANN_AT_SHOPIFY = {
    "ref": "shopify:customer:1", "email": "ann@new.example", "first_name": "Ann", "last_name": "King",
    "orders": [{"number": "1001", "email": "ann@old.example", "status": "paid", "placed_at": "2026-01-02T00:00:00"}],
}  # fmt: skip
ANN_AT_WHMCS = {"ref": "whmcs:client:9", "email": "a@lovelace.example", "first_name": "A.", "last_name": "Lovelace"}
BOB = {"ref": "hubspot:contact:12", "email": "bob@stone.example", "first_name": "Bob", "last_name": "Stone"}
BOB_AT_WHMCS = {"ref": "whmcs:client:99", "email": "bob@stone.example", "first_name": "Bob", "last_name": "Stone"}

MOVED = {"ref": "hubspot:contact:1", "from": "ann@first.example", "to": "ann@old.example", "night": "2026-10-30"}

TOLD: list[tuple[Finding, Dossier]] = [
    (a_finding(), Dossier([ANN, ANN_AT_SHOPIFY], [MOVED])),
    (a_finding(rule="duplicate_contact", others=("whmcs:client:9",)), Dossier([ANN, ANN_AT_WHMCS])),
    (a_finding(subject="hubspot:contact:12", others=("whmcs:client:99",)), Dossier([BOB, BOB_AT_WHMCS])),
]
SHARED = a_finding(rule="shared_mailbox", subject="hubspot:contact:12", others=("hubspot:contact:1",))


def people(ledger: Ledger, *more: tuple[Finding, Dossier]) -> list[FindingRow]:
    """Ann, of whom two findings speak, and Bob, whose records' names begin like hers."""
    told = [*TOLD, *more]
    shown: dict[str, Any] = {one.key: dossier for one, dossier in told}
    findings.file(ledger, [one for one, _ in told], NIGHT, shown=shown)
    return [again(ledger, one) for one, _ in told]
