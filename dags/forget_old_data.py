"""
# Forget old data

Remove what is kept longer than its purpose needs, and take out again what a night brought back of people who were
erased. It asks no platform and changes nothing there.

1. **Count** what is too old, without changing anything.
2. **Remove** the platforms' pages after a week (`ROLLCALL_KEEP_PAGES_DAYS`) and whole nights after five
   (`ROLLCALL_KEEP_SNAPSHOTS_DAYS`). The last good night always stays.
3. **Blank** what closed findings, messages and requests say, and the images of records before they were changed, after
   half a year (`ROLLCALL_KEEP_FINDINGS_DAYS`). What is open stays, and so does the audit.
4. **Sweep** the newest nights and the ledger for people who were erased while a night was under way.
5. **Compact** the ledger, so that its file holds nothing of what was blanked. On PostgreSQL before 17 only the owner of
   its tables may: until they have run `python -m include.forgetting --compact`, this step fails.

To erase one person: `python -m include.forgetting --person`, which asks for the address. It is never given to a DAG:
Airflow shows a run's configuration to everybody who may look at the run.

Every step may run again. When one fails, nothing is half forgotten: run it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import chain, dag, task

from include.retrying import patience
from include.settings import cron, settings


@task
def count() -> dict[str, int]:
    """How much is too old, by what it is."""
    from include import store
    from include.forgetting import ageing

    return ageing.count(store.open_ledger(), store.open_snapshots(), settings())


@task
def remove() -> dict[str, int]:
    """Remove pages and nights that are too old."""
    from include import store
    from include.forgetting import ageing

    return ageing.forget_nights(store.open_snapshots(), settings())


@task
def blank() -> dict[str, int]:
    """Blank what was closed so long ago that nobody needs its words."""
    from include import store
    from include.forgetting import ageing

    return ageing.forget_rows(store.open_ledger(), settings())


@task
def sweep() -> dict[str, int]:
    """Take out what came back of people who were erased."""
    from include import store
    from include.forgetting import erasing

    return erasing.sweep(store.open_ledger(), store.open_snapshots(), settings())


@task
def compact() -> None:
    """Let the ledger's file hold what its tables hold, and no more."""
    from include import store
    from include.audit import heads
    from include.forgetting import compacting

    ledger = store.open_ledger()
    try:
        compacting.compact(ledger)
    finally:
        heads.keep(ledger, settings().data)


@dag(
    schedule=cron(settings().forget_schedule),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  Airflow reads a naive date in its own time zone
    catchup=False,
    max_active_runs=1,
    allowed_run_types=["scheduled", "manual"],  # what is old is old today, whatever day a backfill is about
    dagrun_timeout=timedelta(hours=4),
    default_args=patience(),
    doc_md=__doc__,
    tags=["rollcall"],
)
def forget_old_data() -> None:
    chain(count(), remove(), blank(), sweep(), compact())


forget_old_data()
