"""What somebody can do who may edit everything in Airflow, and even write to the ledger, to have a fix applied."""

from __future__ import annotations

import sqlalchemy as sa

from include.model import FixState
from include.run.local_airflow import RunFailed
from include.run.local_rollcall import APPLY, LocalRollcall
from include.store.findings import FindingRow
from include.store.schema import decision, finding

RUNS = f"/api/v2/dags/{APPLY}/dagRuns"


class Forger:
    """An administrator of Airflow with the ledger's password, who was never asked to decide."""

    def __init__(self, rollcall: LocalRollcall) -> None:
        self.rollcall = rollcall
        self.web = rollcall.airflow.web("ada")

    def run(self, name: str, conf: dict[str, object]) -> str:
        """A run of the DAG that applies, told what to apply by its configuration; how it ended."""
        self.web.call("POST", RUNS, {"dag_run_id": name, "logical_date": None, "conf": conf})
        return self.end(name)

    def end(self, name: str) -> str:
        try:
            for _ in self.rollcall.airflow.follow(APPLY, name):
                pass
        except RunFailed as failed:
            return str(failed)
        return "success"

    def post_xcom(self, name: str, task: str, value: object) -> None:
        """The answer of a task, put into another's mouth."""
        path = f"{RUNS}/{name}/taskInstances/{task}/xcomEntries"
        self.web.call("POST", path, {"key": f"forged_{task}", "value": value})
        known = self.web.call("GET", path)["xcom_entries"]
        if any(one["key"] == "return_value" for one in known):
            self.web.call("PATCH", f"{path}/return_value", {"value": value})
        else:
            self.web.call("POST", path, {"key": "return_value", "value": value})

    def mark_success(self, name: str, task: str) -> None:
        self.web.call("PATCH", f"{RUNS}/{name}/taskInstances/{task}", {"new_state": "success"})

    def clear(self, name: str, *tasks: str) -> str:
        """These tasks once more, and nothing before them; how the run ended then."""
        told = {"dag_run_id": name, "task_ids": list(tasks), "dry_run": False, "only_failed": False}
        self.web.call("POST", f"/api/v2/dags/{APPLY}/clearTaskInstances", told)
        return self.end(name)

    def mark_run_success(self, name: str) -> None:
        self.web.call("PATCH", f"{RUNS}/{name}", {"state": "success"})

    def copy_decisions(self, settled: FindingRow, to: FindingRow) -> None:
        """Other people's approvals of another finding, in the ledger as if they were of this one."""
        with self.rollcall.ledger().write() as connection:
            rows = connection.execute(sa.select(decision).where(decision.c.finding_id == settled.id)).mappings().all()
            for row in rows:
                values = {name: value for name, value in row.items() if name != "id"}
                copied = values | {"finding_id": to.id, "version": to.version}
                connection.execute(sa.insert(decision).values(copied))
            connection.execute(sa.update(finding).where(finding.c.id == to.id).values(state="approved"))

    def approve_in_the_ledger(self, row: FindingRow) -> None:
        """The finding's state alone, without any decision."""
        with self.rollcall.ledger().write() as connection:
            connection.execute(sa.update(finding).where(finding.c.id == row.id).values(state="approved"))

    def take_back(self, row: FindingRow) -> None:
        """Leave the ledger as it was, for the tests that follow."""
        with self.rollcall.ledger().write() as connection:
            connection.execute(sa.delete(decision).where(decision.c.finding_id == row.id))
            connection.execute(sa.update(finding).where(finding.c.id == row.id).values(state=row.state))


def untouched(rollcall: LocalRollcall, row: FindingRow) -> bool:
    """Whether none of a finding's fixes was even begun."""
    from include.store import findings

    now = findings.get(rollcall.ledger(), row.id)
    assert now is not None
    return {fix.state for option in now.options for fix in option.fixes} <= {str(FixState.PLANNED)}
