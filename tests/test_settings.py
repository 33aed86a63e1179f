"""Settings come from `ROLLCALL_*`, and a wrong one is named."""

from __future__ import annotations

import pytest

from include.errors import SettingsWrong
from include.settings import Settings, cron


def test_nothing_set_means_nothing_is_written_to_a_platform():
    assert Settings.read({}).apply == "off"


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        pytest.param("ROLLCALL_CAP_MERGE", "3", "cap_merge", 3, id="a-number"),
        pytest.param("ROLLCALL_SANDBOX", "true", "sandbox", True, id="a-truth"),
        pytest.param("ROLLCALL_TIMEZONE", "Europe/Berlin", "timezone", "Europe/Berlin", id="a-zone"),
        pytest.param("ROLLCALL_CAP_MERGE", "", "cap_merge", 5, id="empty-is-the-default"),
    ],
)
def test_a_setting_is_read(variable, text, field, value):
    assert getattr(Settings.read({variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        pytest.param("ROLLCALL_CAP_MERGE", "many", id="no-number"),
        pytest.param("ROLLCALL_CAP_MERGE", "-1", id="a-negative-cap"),
        pytest.param("ROLLCALL_SANDBOX", "maybe", id="no-truth"),
        pytest.param("ROLLCALL_APPLY", "yes", id="neither-on-nor-off"),
        pytest.param("ROLLCALL_TIMEZONE", "Mars/Olympus", id="no-zone"),
        pytest.param("ROLLCALL_REQUEST_SECONDS", "61", id="a-request-may-outlast-the-lease"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable, text):
    with pytest.raises(SettingsWrong, match=variable):
        Settings.read({variable: text})


def test_left_out_platforms_are_read_as_names():
    assert Settings.read({"ROLLCALL_LEAVE_OUT": "whois, hubspot,"}).left_out == ("hubspot", "whois")


def test_a_schedule_of_none_is_by_hand():
    assert (cron("none"), cron("0 2 * * *")) == (None, "0 2 * * *")
