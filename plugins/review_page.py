"""
Puts the review page in Airflow's menu, behind Airflow's login. The page itself is `include/review`.

Airflow authenticates no plugin app by itself: every route here asks Airflow who is there and whether they may answer
for `apply_approved_fixes`. Modes that let anybody in are refused outside the sandbox. The plugin loader runs each .py
in this folder under its bare name, so this is the only one.
"""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, HTTPException

from include import store
from include.review.app import review_page
from include.settings import settings


def reviewer(user: GetUserDep) -> str:
    """Who is asking; Airflow answers 401 when nobody is logged in."""
    return str(user.get_name())


def no_open_doors(user: Annotated[str, Depends(reviewer)]) -> None:
    """Refuse to serve where Airflow makes everybody an administrator, or lets the public in."""
    everybody = conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False)
    public = conf.get("fab", "auth_role_public", fallback="") or ""
    if (everybody or public) and not settings().sandbox:
        raise HTTPException(
            503, "The review page is closed while Airflow lets anybody in (all-admins or a public role)."
        )


def may_decide() -> Any:
    """Whoever may answer for a human in the loop of the DAG that applies."""
    return requires_access_dag("PUT", DagAccessEntity.HITL_DETAIL, "apply_approved_fixes")


class ReviewPage(AirflowPlugin):
    name = "review_page"
    fastapi_apps = [
        {
            "app": review_page(
                reviewer,
                store.open_ledger,
                secret=conf.get_mandatory_value("api", "secret_key"),
                guarded_by=[Depends(no_open_doors), Depends(may_decide())],
            ),
            "name": "Review",
            "url_prefix": "/review",
        }
    ]
    external_views = [
        {"name": "Review", "href": "/review/", "url_route": "review", "destination": "nav", "category": "browse"}
    ]
