"""
Settings, read once from `ROLLCALL_*`. Secrets are not here: they live in Airflow connections.

Each field's comment is its documentation: README's table of settings is generated from this file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.errors import SettingsWrong


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. The environment variable is `ROLLCALL_` and the field's name in capitals."""

    ledger: str = "sqlite:///data/ledger.db"  # SQLAlchemy URL of the ledger (SQLite or PostgreSQL)
    data: str = "data"  # folder or fsspec URL of the snapshots
    apply: str = "off"  # `on` lets approved fixes be written; `off` makes every apply run a dry run
    engine: str = "duckdb"  # the engine the rules run on: `duckdb`, or `pyspark` where that is installed
    timezone: str = "UTC"  # a night is named by the date in this zone
    sandbox: bool = False  # the platforms are the sandbox: demo reviewers and public modes are tolerated
    support_contact: str = "support@example.com"  # whom a customer writes to when a change was not theirs
    company: str = "Our support team"  # who signs the notices
    mail_sender: str = "rollcall@example.com"  # From of every message
    reviewers_mail: str = "reviewers@example.com"  # who gets the nightly digest, and word when nothing is applied
    chat: str = ""  # Airflow connection of a chat's incoming webhook (Slack, Teams, Mattermost) that hears of news too
    page_url: str = "http://localhost:8080/review/"  # link to the review page in the digest
    region: str = "US"  # default region of phone numbers without a country code
    schedule: str = "0 2 * * *"  # when a night begins (cron), or `none` to start nights only by hand
    apply_schedule: str = "*/15 * * * *"  # how often approved fixes are applied (cron), or `none`
    plan_schedule: str = "*/5 * * * *"  # how often clients' requests are looked up (cron), or `none`
    forget_schedule: str = "30 5 * * *"  # when what is too old is forgotten (cron), or `none`
    retries: int = 3  # how often Airflow tries a task again when the error says that it may help
    retry_minutes: int = 5  # wait before such a retry (twice as long when a platform cannot be reached)
    full_pull_days: int = 7  # everything is pulled this often (days); on the nights between only what changed
    hosts: str = ""  # your own hosts that connections may name, separated by commas (WHMCS, WHM; vendors' are known)
    leave_out: str = ""  # platforms to leave out of tonight by name, separated by commas
    keep_pages_days: int = 7  # what platforms said, page by page, is kept this long
    keep_snapshots_days: int = 35  # a night's tables and findings are kept this long: so far back a backfill can look
    keep_findings_days: int = 180  # what closed findings, messages and requests say is kept this long; the audit stays
    erasure_key: str = ""  # file with the key of erased people's pseudonyms (default: `erasure.key` with the snapshots)
    hub_size: int = 6  # a value shared by more contacts than this is not evidence that they are one person
    group_size: int = 20  # no person has more contacts than this; a larger group is split where its evidence is weakest
    drift_percent: int = 5  # a night is stopped when a platform changed more of its addresses (and than cap_set_email)
    lease_seconds: int = 120  # how long a worker owns a fix it is applying
    request_seconds: int = 30  # total time one request to a platform may take, not counting the wait for its turn
    quota_folder: str = ""  # where tasks share what is left of the quotas (default: this user's, below the temp folder)
    settle_seconds: int = 20  # how long a change is read back before it is called unknown
    cap_set_email: int = 25  # email changes per run (and names, and additional addresses)
    cap_merge: int = 5  # merges per run
    cap_attach: int = 50  # orders attached per run
    cap_access: int = 10  # invites and resets of access per run
    cap_day_set_email: int = 100  # the same within 24 hours
    cap_day_merge: int = 20  # merges within 24 hours
    cap_day_attach: int = 200  # orders attached within 24 hours
    cap_day_access: int = 40  # invites and resets of access within 24 hours
    cap_same_address: int = 2  # accounts that may move to one new address within 24 hours
    cap_same_domain: int = 5  # accounts that may move to one domain they were not at (no free provider) within 24 hours
    reviewers: str = ""  # who may decide, by their names in Airflow (`*`: who sees the page; empty: only in a sandbox)
    approvals_per_minute: int = 50  # how many findings one person may approve within a minute: one selection of equals
    approvals_per_hour: int = 60  # and within an hour: forty at one sitting, and some more; each of a selection counts
    approval_days: int = 7  # an approval older than this is not applied
    cool_off_hours: int = 24  # a requested change of owner, or to a new domain, waits so long for an objection (0: not)
    proof_days: int = 7  # a proof of who asked for a change that is older than this is not taken, nor approved on
    registrant_lock_days: int = 60  # days a registrar locks a domain against transfer after a new registrant address
    registrant_verification_days: int = 15  # days in which such an address must be verified, else a domain is suspended
    whm_server: str = ""  # hostname, as WHMCS has it, of the server the connection `whm` opens; one of several

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from environment variables. Raises SettingsWrong naming the variable that cannot be used."""
        known = {f"ROLLCALL_{field.name.upper()}": field for field in fields(cls)}
        values: dict[str, object] = {}
        for variable, field in known.items():
            if (text := environ.get(variable, "")) == "":
                continue
            values[field.name] = _value(variable, text, str(field.type))
        settings = cls(**values)  # type: ignore[arg-type]  # each value was made from its field's own type
        if settings.apply not in {"on", "off"}:
            raise SettingsWrong(f"ROLLCALL_APPLY must be 'on' or 'off', not {settings.apply!r}.")
        try:
            ZoneInfo(settings.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsWrong(
                f"ROLLCALL_TIMEZONE {settings.timezone!r} is no time zone; use a name like Europe/Berlin."
            ) from error
        if settings.request_seconds * 2 > settings.lease_seconds:
            raise SettingsWrong(
                "ROLLCALL_LEASE_SECONDS must be at least twice ROLLCALL_REQUEST_SECONDS: "
                "a worker must still own its fix when its write had to wait its turn and the answer comes."
            )
        if settings.cool_off_hours >= settings.approval_days * 24:
            raise SettingsWrong(
                "ROLLCALL_COOL_OFF_HOURS must be less than ROLLCALL_APPROVAL_DAYS: "
                "an approval would be too old before it may be applied."
            )
        return settings

    @property
    def left_out(self) -> tuple[str, ...]:
        """The platforms in `leave_out`."""
        return _listed(self.leave_out)

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The hosts in `hosts`."""
        return _listed(self.hosts.lower())

    @property
    def approvers(self) -> tuple[str, ...]:
        """The people in `reviewers`."""
        return _listed(self.reviewers)


@cache
def settings() -> Settings:
    """This process's settings."""
    return Settings.read(os.environ)


def cron(setting: str) -> str | None:
    """A schedule setting as Airflow takes it: `none` means that runs are started by hand only."""
    return None if setting == "none" else setting


def _listed(text: str) -> tuple[str, ...]:
    return tuple(sorted({name.strip() for name in text.split(",") if name.strip()}))


def _value(variable: str, text: str, kind: str) -> object:
    match kind:
        case "int":
            if not text.isdecimal():
                raise SettingsWrong(f"{variable} must be a whole number, not {text!r}.")
            return int(text)
        case "bool":
            if text.lower() not in {"0", "1", "true", "false"}:
                raise SettingsWrong(f"{variable} must be true or false, not {text!r}.")
            return text.lower() in {"1", "true"}
        case _:
            return text
