"""
# Apply approved fixes

Carry out what people approved on the review page, one fix at a time, and prove that it took. It looks for nothing
to fix: it reads only the decisions in the ledger, never this run's configuration, a task's state or an XCom.

1. **Check** the approved fixes: every one bound to a valid decision, the caps hold, no approval too old. An Airflow
   with a known hole, or one that lets anybody in, applies nothing.
2. **Apply** each option's fixes in order: read the record, compare it with what the reviewer saw,
   write once, read back.
3. **Verify** what is still unclear by reading again. An unclear write is never sent a second time.
4. **Notify** the person at the old and at the new address, and leave receipts for the reviewers.
5. **Conclude**: the run is a success only if every step was one. Over a cap, or with an approval that does not hold,
   nothing is applied, the run fails, and the reviewers are told.

Each run leaves the audit's head beside the snapshots, when it has applied and again when it has told people, whether or
not that went well. A ledger that does not go on from there (it was restored from a copy) is not applied from.

With `ROLLCALL_APPLY=off` (the default outside the sandbox) a run reads and compares, and writes nothing. To stop every
write at once, in the run that is under way too: `python -m include.apply stop --why "..."`; `resume` lets them go on.
When it stops: the receipt on the review page says which fix and why. Nothing needs to be undone by hand before the
next run; fixes that were held resume there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import Asset, chain, dag, task

from include.retrying import patience
from include.settings import cron, settings

FIXES = Asset("x-rollcall://applied_fixes")  # `x-`: a scheme that no provider is asked about


def _require_closed_doors() -> None:
    """Fail where this Airflow has a known hole, or lets anybody in."""
    from airflow import __version__
    from airflow.configuration import conf

    from include.apply import surroundings

    everybody = conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False)
    public, level = conf.get("fab", "auth_role_public", fallback=""), conf.get("logging", "logging_level")
    surroundings.require(surroundings.Surroundings(__version__, everybody, public or "", level), settings())


@task
def check() -> int:
    """Let the approved fixes pass, or close the gate and tell the reviewers why."""
    from include import apply, store

    _require_closed_doors()
    return apply.check(store.open_ledger(), settings())


@task(outlets=[FIXES], retries=0)
def apply() -> dict[str, int]:
    """Apply every approved option: claim, read, compare, write once, read back, leave a receipt."""
    from airflow.sdk.exceptions import AirflowSkipException

    from include import apply, connections, store
    from include.audit import heads
    from include.errors import Stopped

    _require_closed_doors()
    ledger = store.open_ledger()
    try:
        return apply.apply_approved(ledger, connections.platform, settings())
    except Stopped as stopped:
        raise AirflowSkipException(str(stopped)) from stopped
    finally:
        heads.keep(ledger, settings().data)


@task(trigger_rule="all_done")
def verify() -> dict[str, int]:
    """Settle by reading what a write left unclear."""
    from include import apply, connections, store

    return apply.verify(store.open_ledger(), connections.platform, settings())


@task(trigger_rule="all_done")
def notify() -> int:
    """Send what waits in the outbox: one message to one recipient each."""
    from include import connections, stages, store
    from include.audit import heads

    ledger = store.open_ledger()
    heads.keep(ledger, settings().data)  # where applying was killed, nobody else has left it
    try:
        return stages.deliver(ledger, connections.mailer(), connections.chat())
    finally:
        heads.keep(ledger, settings().data)


@task
def conclude() -> None:
    """Nothing but the run's colour: steps that run whatever came before them must not make a failed run green."""


@dag(
    schedule=cron(settings().apply_schedule),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  Airflow reads a naive date in its own time zone
    catchup=False,
    max_active_runs=1,
    allowed_run_types=["scheduled", "manual"],  # a backfill must never write to a platform
    dagrun_timeout=timedelta(hours=2),
    default_args=patience(),
    doc_md=__doc__,
    tags=["rollcall"],
)
def apply_approved_fixes() -> None:
    steps = [check(), apply(), verify(), notify()]
    chain(*steps)
    steps >> conclude()


apply_approved_fixes()
