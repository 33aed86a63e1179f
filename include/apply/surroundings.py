"""
Whether the Airflow that is about to apply is one to apply from: without a known hole, and not open to anybody.

It asks Airflow nothing: the DAG tells it. What the review page itself refuses is `plugins/review_page.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.errors import SettingsWrong

if TYPE_CHECKING:
    from include.settings import Settings

OLDEST = (3, 2, 2)  # before it one DAG's author could change the tasks of another (CVE-2026-41084)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What Airflow says of itself. `everybody`: without a login one is an administrator; `public`: the role one has."""

    version: str
    everybody: bool
    public: str
    log_level: str


def require(around: Surroundings, settings: Settings) -> None:
    """Raise SettingsWrong, saying all that must be mended, where nothing should be applied; in a sandbox, never."""
    if settings.sandbox:
        return
    wrong = []
    known = [int(part) for part in re.findall(r"\d+", around.version)[:3]]
    if tuple(known) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        wrong.append(f"Airflow {around.version} has holes that are known: bring it up to {oldest} at least")
    if around.everybody:
        wrong.append("Airflow makes everybody an administrator: turn [core] simple_auth_manager_all_admins off")
    if around.public:
        wrong.append("Airflow gives a role to who is not logged in: empty [fab] auth_role_public")
    if around.log_level.upper() == "DEBUG":
        wrong.append("Airflow logs what libraries say about each request: set [logging] logging_level to INFO")
    if wrong:
        raise SettingsWrong(f"Nothing is applied. {'; '.join(wrong)}.")
