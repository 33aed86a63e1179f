"""
Puts the review page in Airflow's menu, behind Airflow's login. The page itself is `include/review`.

Airflow authenticates no plugin app by itself: every route here asks Airflow who is there and whether they may answer
for `apply_approved_fixes`. Modes that let anybody in are refused outside the sandbox. The plugin loader runs each .py
in this folder under its bare name, so this is the only one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send


class BehindAirflow:
    """The page as an ASGI app, built when it is first asked for: every task loads this file, and none serves pages."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.page(scope, receive, send)

    @property
    def routes(self) -> list[Any]:
        """What Starlette asks a mounted app for."""
        return self.page.routes

    @cached_property
    def page(self) -> FastAPI:
        """The page, each of whose routes is guarded three times: no open door, the right to decide, and a name."""
        from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
        from airflow.api_fastapi.core_api.security import get_user, requires_access_dag
        from airflow.configuration import conf
        from fastapi import Depends, HTTPException

        from include import store
        from include.review.app import review_page

        def reviewer(user: Any = Depends(get_user)) -> str:
            """Who is asking; Airflow answers 401 when nobody is logged in, unless the public has a role."""
            if getattr(user, "is_anonymous", False):
                raise HTTPException(401, "Not authenticated")
            return str(user.get_name())

        def no_open_doors(user: Any = Depends(get_user)) -> None:
            refuse_open_doors()

        may_decide = requires_access_dag("PUT", DagAccessEntity.HITL_DETAIL, "apply_approved_fixes")
        return review_page(
            reviewer,
            store.open_ledger,
            secret=conf.get_mandatory_value("api", "secret_key"),
            guarded_by=[Depends(no_open_doors), Depends(may_decide)],
        )


def refuse_open_doors() -> None:
    """Refuse to serve where Airflow makes everybody an administrator, or lets the public in."""
    from airflow.configuration import conf
    from fastapi import HTTPException

    from include.settings import settings

    everybody = conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False)
    if (everybody or public_role()) and not settings().sandbox:
        raise HTTPException(
            503, "The review page is closed while Airflow lets anybody in (all-admins or a public role)."
        )


def public_role() -> str:
    """The role that FAB gives to whoever is not logged in: by Airflow's settings, or the older webserver_config.py."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.configuration import conf

    told = conf.get("fab", "auth_role_public", fallback="")
    flask = getattr(get_auth_manager(), "flask_app", None)  # the other auth managers have none
    return str(told or (flask and flask.config.get("AUTH_ROLE_PUBLIC")) or "")


class ReviewPage(AirflowPlugin):
    name = "review_page"
    fastapi_apps = [{"app": BehindAirflow(), "name": "Review", "url_prefix": "/review"}]
    external_views = [
        {"name": "Review", "href": "/review/", "url_route": "review", "destination": "nav", "category": "browse"}
    ]
