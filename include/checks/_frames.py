"""The small tables the gates look at, made from a snapshot: counts, shares, and of people only what is checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.registry import names
from include.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from include.store.snapshots import Snapshot

MEANWHILE = 2  # this many records may come or go between the last page and the count
FLOOR = 20  # below this many findings, three times as many is no alarm


def pulls(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """A row per platform and stream: its rows, distinct ids and pages, and its share of the last good night's."""
    rows = []
    for platform in names("platforms"):
        if platform in settings.left_out:
            continue
        told = snapshot.raw(platform).manifest()
        last = before.raw(platform) if before else None
        earlier = last.manifest().held if last and last.complete() else {}
        for stream, held in sorted(told.held.items()):
            share = held / earlier[stream] if earlier.get(stream) else 1.0
            came = told.rows.get(stream, 0)
            distinct = came if told.planned.since else told.distinct.get(stream, 0)  # a change may well come twice
            counts = {"rows": came, "distinct": distinct}
            said = told.told.get(stream, held)
            astray = max(0, abs(held - said) - MEANWHILE) / max(held, said, 1)
            pages = told.pages.get(stream, 0)
            about = {"platform": platform, "stream": stream, "contacts": told.contacts, "share": share}
            rows.append(about | counts | {"pages": pages, "astray": astray})
    return _frame(rows)


def contacts(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """Of every contact: its reference, whether its address has the form of one, and how far ahead its change lies."""
    columns = ["platform", "kind", "id", "email", "updated_at"]
    found = _read(snapshot, "contacts", columns)
    found["address_has_form"] = found["email"].isna() | found["email"].str.contains("@", regex=False, na=False)
    return _with_days_ahead(found).drop(columns=["email"])


def orders(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """Of every order: its reference, the contact it names if any, and how far ahead its change lies."""
    return _with_days_ahead(_read(snapshot, "orders", ["platform", "id", "contact_id", "updated_at"]))


def drift(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """A row per platform: the share of contacts without an address, and of those whose address changed since."""
    key = ["platform", "kind", "id"]
    now = _read(snapshot, "contacts", [*key, "email"])
    rows = []
    then = _read(before, "contacts", [*key, "email"]) if before else now
    both = now.merge(then, on=key, suffixes=("", "_before"))
    for platform, group in now.groupby("platform"):
        same = both[both["platform"] == platform]
        changed = same["email"].fillna("") != same["email_before"].fillna("")
        was = then[then["platform"] == platform]["email"]
        newly = group["email"].isna().mean() - was.isna().mean() if before and len(was) else 0.0
        told = {
            "changed": (changed.mean() if len(same) else 0.0, changed.sum()),
            "newly_missing": (newly, newly * len(group)),
        }
        # As many as one run of Rollcall may change are no drift, however few contacts a platform has.
        shares = {name: float(share) if many > settings.cap_set_email else 0.0 for name, (share, many) in told.items()}
        rows.append({"platform": platform, **shares})
    return _frame(rows)


def people(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """Of every linked contact: its person, and how many contacts that person has."""
    found = _read(snapshot, "people", ["person", "contact"])
    found["size"] = found.groupby("person")["contact"].transform("count")
    return found


def findings(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """Of every finding: its key and rule, and whether its options can be carried out as they stand."""
    rows = []
    for rule in names("rules"):
        for found in snapshot.found(rule).findings():
            whole = all(option.label and option.fixes for option in found.options)
            changes = all(fix.before != fix.after for option in found.options for fix in option.fixes)
            recommended = found.recommended if found.recommended is not None else 0
            rows.append(
                {
                    "key": found.key,
                    "rule": found.rule,
                    "confidence": found.confidence,
                    "reasons": len(found.because),
                    "complete": whole and changes,
                    "recommended_exists": found.recommended is None or 0 <= recommended < len(found.options),
                }
            )
    return _frame(rows)


def volumes(snapshot: Snapshot, before: Snapshot | None, settings: Settings) -> pd.DataFrame:
    """A row per rule: how many findings, as a multiple of the last good night's."""
    rows = []
    for rule in names("rules"):
        now = snapshot.findings_of(rule)
        part = before.part(f"findings/{rule}") if before else None
        then = part.manifest().rows if part and part.complete() else now
        rows.append({"rule": rule, "found": now, "times": max(now, FLOOR) / max(then, FLOOR)})
    return _frame(rows)


def _read(snapshot: Snapshot, table: str, columns: list[str]) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with snapshot.part(table).whole("parquet").open("rb") as file:
        frame: pd.DataFrame = pq.read_table(file, columns=columns).to_pandas()
    return frame


def _with_days_ahead(frame: pd.DataFrame) -> pd.DataFrame:
    ahead = (frame["updated_at"] - datetime.now(UTC)).dt.total_seconds() / 86_400
    return frame.assign(days_ahead=ahead.fillna(0.0)).drop(columns=["updated_at"])


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)
