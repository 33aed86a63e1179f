"""
The error tree of `errors.py` as Airflow's retry policy, for every task of every DAG.

Naming an error class imports nothing heavy: reading a DAG file still costs what `airflow.sdk` costs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.settings import settings


def patience() -> dict[str, Any]:
    """`default_args` of a DAG: retry what can get better by waiting, and fail at once on anything else of ours."""
    from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

    wait = timedelta(minutes=settings().retry_minutes)
    rules = [
        RetryRule("include.errors.RateLimited", RetryAction.RETRY, wait, "the platform asks us to wait"),
        RetryRule("include.errors.Unreachable", RetryAction.RETRY, 2 * wait, "the platform cannot be reached"),
        RetryRule("include.errors.TryLater", RetryAction.RETRY, wait, "it may work later"),
        RetryRule("include.errors.RollcallError", RetryAction.FAIL, reason="trying again would not help"),
    ]
    return {
        "retries": settings().retries,
        "retry_delay": wait,
        "retry_policy": ExceptionRetryPolicy(rules),
    }
