"""Files what was found for a request, and ties the two together in the same transaction. It plans nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from include import notices
from include.digests import finding_id
from include.model import Finding, Notice
from include.store import findings, requests
from include.store import waiting as waiting_for
from include.store.dossiers import Dossier

if TYPE_CHECKING:
    import sqlalchemy as sa

    from include.settings import Settings
    from include.store.filing import Filed
    from include.store.ledger import Ledger
    from include.store.requests import RequestRow


def file_finding(ledger: Ledger, row: RequestRow, settings: Settings, now: datetime) -> None:
    """
    File a request's finding, or a new version of it, with word to the reviewers that it waits.

    What was announced of one whose place it takes, for its records are others, is called off.
    """
    found = Finding.from_json(row.found["finding"])
    id = finding_id(found.key)

    def off(of: str, version: int, recipients: Sequence[str]) -> list[Notice]:
        return notices.called_off(of, version, recipients, settings)

    def tie(connection: sa.Connection, filed: Filed, waiting: Mapping[str, int]) -> None:
        for replaced in requests.filed(connection, row.id, id, now):
            waiting_for.call_off(connection, replaced, now, off)

    findings.file(
        ledger,
        [found],
        now.date().isoformat(),
        digest=lambda new, reopened, waiting: [notices.waits(row.id, id, settings)] if new + reopened else [],
        accounts=row.found["accounts"],
        whole=False,
        with_it=tie,
        shown={found.key: Dossier(row.found["records"])},
    )
