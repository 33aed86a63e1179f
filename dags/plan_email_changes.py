"""
# Plan email changes

A client wrote in and asked for another address, and somebody took that down on the review page (Requests). This finds
out what it takes, and files it as one finding for another person to approve. **It changes nothing on any platform**:
that is `apply_approved_fixes`, after the decision.

1. **Take** the requests that wait in the ledger; or the one request whose number the run was started with,
   `{"request": 12}`. A run's configuration is readable to every viewer of Airflow: anything else in it is refused.
2. **Locate** the one client: by its id, its current address (or its owner's), or its whole name. Where several answer
   to it they are listed on the request's page, where a person chooses.
3. **Preflight** every platform: is the new address free, and what it looks like; whose login it is besides; the
   client's cPanel accounts and domains, each only with the client's consent; the same person's records in the shops.
   What is in the way is said on the request's page, all of it at once.
4. **File** the whole procedure as one option: the owner's login, the client's profile, the note (when, why, by whom),
   the look whether the client has access, then cPanel, the shops, and the domains' registrants. Who took the request
   down cannot approve it. Once it is approved, a change of owner or to a new domain waits (`ROLLCALL_COOL_OFF_HOURS`):
   the old address is told beforehand and can object. The old and the new address are told once it is applied.
5. **Bring** back what was put off until today: requests and undos, which no night finds again.
6. **Notify** the reviewers that a request waits, or is back: its number and a link; no personal data.
7. **Conclude**: the run is a success only if every request could be looked up. One that could not, because a platform
   did not answer, stays where it was, says why on its page, and is taken up again by the next run.

Only the requests' numbers travel between tasks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import Param, dag, get_current_context, task

from include.retrying import patience
from include.settings import cron, settings


@task
def take() -> list[int]:
    """The requests that wait, by number; or the one this run was started for, if the ledger holds it."""
    from include import planning, store

    return planning.take(store.open_ledger(), get_current_context()["dag_run"].conf)


@task
def locate(numbers: list[int]) -> dict[str, int]:
    """Find the one client of each request, or list those who answer to it."""
    from include import connections, planning, store

    return planning.locate(store.open_ledger(), numbers, connections.platform)


@task
def preflight(numbers: list[int]) -> dict[str, int]:
    """Look at every platform: what is in the way, and what would be changed in which order."""
    from include import connections, planning, store

    ledger, snapshots = store.open_ledger(), store.open_snapshots()
    return planning.preflight(ledger, numbers, connections.platform, snapshots, settings())


@task
def file(numbers: list[int]) -> dict[str, int]:
    """File each plan as one finding with one option."""
    from include import planning, store

    return planning.file(store.open_ledger(), numbers, settings())


@task
def bring_back() -> int:
    """Put on the page again what was put off until today."""
    from include import planning, store

    return planning.bring_back(store.open_ledger(), settings(), datetime.now(UTC))


@task
def notify(filed: dict[str, int], back: int) -> int:
    """Tell the reviewers that a request waits, or is back."""
    from include import connections, stages, store

    return stages.deliver(store.open_ledger(), connections.mailer()) if filed or back else 0


@task
def conclude(numbers: list[int]) -> None:
    """Nothing but the run's colour: what kept a request from being looked up keeps no other one waiting."""
    from include import planning, store

    planning.conclude(store.open_ledger(), numbers)


@dag(
    schedule=cron(settings().plan_schedule),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  Airflow reads a naive date in its own time zone
    catchup=False,
    max_active_runs=1,
    allowed_run_types=["scheduled", "manual"],  # what a client asks for today is nothing for a night of the past
    dagrun_timeout=timedelta(hours=1),
    default_args=patience(),
    params={"request": Param(None, type=["integer", "null"], description="The number of one request, or nothing.")},
    doc_md=__doc__,
    tags=["rollcall"],
)
def plan_email_changes() -> None:
    numbers = take()
    filed = file(numbers)
    told = notify(filed, bring_back())
    locate(numbers) >> preflight(numbers) >> filed >> told >> conclude(numbers)


plan_email_changes()
