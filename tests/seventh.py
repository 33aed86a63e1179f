"""
Run in a copy of Rollcall that holds one platform more: every step of a night with it, and a fix of what it found.

`python -m tests.seventh NAME FOLDER` prints what came of each step as JSON; no platform is named in it.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from include import apply, check_connections, checks, connections, notices, stages
from include.digests import finding_id
from include.model import Evidence, Finding, Fix, Option
from include.registry import names
from include.rules import _making
from include.sandbox.server import build, connections_to, serve_in_thread
from include.settings import settings
from include.store import decisions, findings
from include.store.ledger import open_ledger, upgrade
from include.store.snapshots import open_store

NIGHT = datetime.now(UTC)


def main(name: str, folder: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    served = serve_in_thread(build(40, 3))
    for connection, said in connections_to(served.url, {}).items():
        os.environ[f"AIRFLOW_CONN_{connection.upper()}"] = json.dumps(said)
    os.environ["AIRFLOW_CONN_SMTP_DEFAULT"] = json.dumps({"conn_type": "smtp", "host": "localhost"})
    told["checked"] = check_connections.main()
    store, here = open_store(f"{folder}/data"), settings()
    snapshot = store.get(stages.begin(store, NIGHT, here))
    told["pulled"] = {each: stages.pull(connections.platform(each), snapshot, None, 7) for each in names("platforms")}
    told["gates"] = [checks.check_night("pulls", snapshot, store, here)]
    told["tabulated"] = stages.tabulate(snapshot, store, here)
    told["gates"].append(checks.check_night("tables", snapshot, store, here))
    told["linked"] = stages.link(snapshot, store)
    for rule in names("rules"):
        stages.detect(rule, snapshot, store)
    told["gates"].append(checks.check_night("findings", snapshot, store, here))
    upgrade(here.ledger)
    ledger = open_ledger(here.ledger)
    told["filed"] = stages.file(snapshot, store, ledger, here)["new"]
    told["accounts"] = sorted(snapshot.accounts())
    told["found"] = sum(
        name in {ref.platform for ref in (one.subject, *one.others)}
        for rule in names("rules")
        for one in snapshot.part(f"findings/{rule}").findings()
    )
    fix = _fix(snapshot.rows_of("contacts", [name]).to_pylist())
    one = Finding("email_mismatch", fix.target, (), 0.9, (Evidence("asked", 1.0, "So it was asked."),), ())
    notes = _making.notes(one.key, [fix], [fix.target], "The address was changed.")
    told["notes"] = len(notes)
    option = Option("the new address", (fix, *notes))
    whole = Finding(one.rule, one.subject, one.others, one.confidence, one.because, (option,), 0)
    findings.file(ledger, [whole], "2999-01-01", accounts=snapshot.accounts())
    row = findings.get(ledger, finding_id(whole.key))
    assert row is not None
    asked = {"verdict": "approved", "reviewer": "ada", "version": row.version, "option_hash": row.options[0].hash}
    decisions.decide(ledger, row.id, reason="It was asked.", **asked)
    told["applied"] = apply.apply_approved(ledger, connections.platform, here)
    told["told"] = [notice.text for notice in notices.of_change(row.id, row.version, [fix], here)]
    writes = requests.get(f"{served.url}/_sandbox/writes", timeout=5).json()["writes"]
    told["written"] = sorted({write["record"].partition(":")[0] for write in writes})
    told["tasks"] = sorted(_tasks())
    served.stop()
    return told


def _tasks() -> list[str]:
    """The night's tasks that pull, as Airflow reads them."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(Path(__file__).parent.parent / "dags"))
    assert bag.import_errors == {}
    return [task for task in bag.dags["nightly_reconciliation"].task_ids if "pull_" in task]


def _fix(contacts: list[dict[str, Any]]) -> Fix:
    """A new address for somebody whom the platform holds."""
    one = next(row for row in contacts if row["email"])
    return _making.set_email(_making.ref_of(one), one["email"], "somebody.new@post.example")


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201  this is a command
