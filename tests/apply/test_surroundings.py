"""From which Airflow nothing is applied, and that each reason is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.apply.surroundings import Surroundings, require
from include.errors import SettingsWrong
from include.settings import Settings

SAFE = Surroundings("3.3.2", everybody=False, public="", log_level="INFO")


@pytest.mark.parametrize("version", ["3.2.2", "3.3.2", "3.10.0", "4.0.0", "3.3.2+local", "3.3.3rc1"])
def test_an_airflow_without_a_known_hole_applies(version):
    require(replace(SAFE, version=version), Settings())


@pytest.mark.parametrize(
    ("told", "says"),
    [
        pytest.param({"version": "3.2.1"}, "3.2.2", id="a known hole"),
        pytest.param({"version": "2.10.3"}, "3.2.2", id="older still"),
        pytest.param({"version": "3.1"}, "3.2.2", id="a version in two parts"),
        pytest.param({"everybody": True}, "all_admins", id="everybody an administrator"),
        pytest.param({"public": "Viewer"}, "auth_role_public", id="a public role"),
        pytest.param({"log_level": "debug"}, "logging_level", id="every request in the log"),
    ],
)
def test_nothing_is_applied_from_an_airflow_that_is_open(told: dict[str, Any], says: str):
    with pytest.raises(SettingsWrong, match=says):
        require(replace(SAFE, **told), Settings())
    require(replace(SAFE, **told), Settings(sandbox=True))


def test_everything_that_must_be_mended_is_said_at_once():
    with pytest.raises(SettingsWrong, match=r"3\.2\.2.*all_admins.*auth_role_public.*logging_level"):
        require(Surroundings("3.0.0", everybody=True, public="Admin", log_level="DEBUG"), Settings())
