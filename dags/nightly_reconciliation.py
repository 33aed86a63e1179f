"""
# Nightly reconciliation

Pull what every platform says about its contacts and orders, find where one person's email address differs, where
HubSpot holds a person twice and where a guest order belongs to an account, and file each as a finding for the
review page. **It changes nothing on any platform**: that is `apply_approved_fixes`, after a person has decided.

1. **Begin** the night: name it by its date. A night of the past (a backfill) is judged again from its stored
   snapshot, or skipped; nothing is pulled for it, filed or mailed.
2. **Pull** each platform, page by page, and keep the pages as they came.
3. **Check** the pulls: no page missing, no empty table, nothing twice, no sudden drop or jump.
4. **Tabulate** the pages into contacts and orders, in our words.
5. **Check** the tables: what the rules rely on.
6. **Link** the contacts that are one person, with the evidence.
7. **Check** the people: nobody in two groups, no group too large.
8. **Detect** with each rule.
9. **Check** the findings: not suddenly three times as many, every option complete.
10. **File** them in the ledger: a known finding keeps its decision, one no longer seen is closed as gone.
11. **Notify** the reviewers that something new waits. Counts and a link; no personal data.

Only the night's name travels between tasks. When a check closes its gate, its task fails with the table and the
expectation in one line and nothing after it runs; the last good snapshot and the filed findings stay as they were.
Mend the cause (or name the platform in `ROLLCALL_LEAVE_OUT`), then clear the failed task.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import Asset, dag, get_current_context, task, task_group

from include.registry import docstring, names
from include.retrying import patience
from include.settings import cron, settings

# A scheme of our own starts with `x-`: for any other, Airflow asks every installed provider while it reads this file.
SNAPSHOT = Asset("x-rollcall://snapshot")
FINDINGS = Asset("x-rollcall://findings")


@task
def begin() -> str:
    """Name tonight's snapshot; for a night of the past, find the stored one or skip."""
    from airflow.sdk.exceptions import AirflowSkipException

    from include import stages, store
    from include.errors import SnapshotMissing

    try:
        due = get_current_context()["dag_run"].run_after
        return stages.begin(store.open_snapshots(), due, settings(), ledger=store.open_ledger())
    except SnapshotMissing as missing:
        raise AirflowSkipException(str(missing)) from missing


@task
def pull(platform: str, night: str) -> int:
    """Pull what the platform holds, page by page, as it comes: everything once a week, else what changed."""
    from include import connections, stages, store
    from include.forgetting import redacting

    snapshot = store.open_snapshot(night)
    if platform in settings().left_out or snapshot.looked_at_again:
        return 0  # it is not even asked
    before = store.open_snapshots().before(snapshot)
    keep = redacting.keeping(store.open_ledger(), settings())
    return stages.pull(connections.platform(platform), snapshot, before, settings().full_pull_days, keep)


@task
def check(gate: str, night: str) -> int:
    """Let the night pass, or close the gate and say why."""
    from include import stages, store

    return stages.check(gate, store.open_snapshot(night), store.open_snapshots(), store.open_ledger(), settings())


@task(outlets=[SNAPSHOT])
def tabulate(night: str) -> dict[str, int]:
    """Turn each platform's pages into rows of contacts and orders."""
    from include import stages, store

    return stages.tabulate(store.open_snapshot(night), store.open_snapshots(), settings())


@task
def link(night: str) -> int:
    """Find which contacts are one person, and keep the evidence."""
    from include import stages, store

    return stages.link(store.open_snapshot(night), store.open_snapshots(), store.open_ledger())


@task
def detect(rule: str, night: str) -> int:
    """Find what one rule holds to be wrong."""
    from include import stages, store

    return stages.detect(rule, store.open_snapshot(night), store.open_snapshots())


@task(outlets=[FINDINGS])
def file(night: str) -> dict[str, int]:
    """File the findings: new ones open, known ones keep their decision, ones no longer seen are gone."""
    from include import stages, store
    from include.audit import heads

    ledger = store.open_ledger()
    filed = stages.file(store.open_snapshot(night), store.open_snapshots(), ledger, settings())
    heads.keep(ledger, settings().data)
    return filed


@task
def notify(night: str) -> int:
    """Tell the reviewers how many new findings wait. Silent when there are none, and about a night of the past."""
    from include import connections, stages, store

    if store.open_snapshot(night).looked_at_again:
        return 0
    return stages.deliver(store.open_ledger(), connections.mailer(), connections.chat())


@dag(
    schedule=cron(settings().schedule),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  Airflow reads a naive date in its own time zone
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=8),
    default_args=patience(),
    doc_md=__doc__,
    tags=["rollcall"],
)
def nightly_reconciliation() -> None:
    night = "{{ ti.xcom_pull(task_ids='begin') }}"  # a name and no edge: the graph shows the procedure's order alone

    @task_group
    def pull_platforms() -> None:
        """Every platform at once, each within its own quota."""
        for platform in names("platforms"):
            about = docstring("platforms", platform)
            pull.override(task_id=f"pull_{platform}", pool=platform, doc_md=about)(platform, night)

    @task_group
    def detect_findings() -> None:
        """Every rule on the same tables."""
        for rule in names("rules"):
            detect.override(task_id=f"detect_{rule}", doc_md=docstring("rules", rule))(rule, night)

    (
        begin()
        >> pull_platforms()
        >> check.override(task_id="check_pulls")("pulls", night)
        >> tabulate(night)
        >> check.override(task_id="check_tables")("tables", night)
        >> link(night)
        >> check.override(task_id="check_people")("people", night)
        >> detect_findings()
        >> check.override(task_id="check_findings")("findings", night)
        >> file(night)
        >> notify(night)
    )


nightly_reconciliation()
