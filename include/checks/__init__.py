"""
The gates. A gate is some tables and, for each, a file here with the expectations that must hold for the night to go on.

This is the only file that talks to Great Expectations. Results are BOOLEAN_ONLY: the default keeps failing values, and
those are people's data. A gate that cannot be run, or that saw no rows where there must be some, is closed. No data
leaves the process: the context is ephemeral and its analytics are off.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from include.checks import _frames
from include.errors import GateClosed, RollcallError
from include.registry import load
from include.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from include.store.snapshots import Snapshot, Snapshots

GATES = {
    "pulls": ("pulls",),
    "tables": ("contacts", "orders", "drift"),
    "people": ("people",),
    "findings": ("findings", "volumes"),
}
MAY_BE_EMPTY = frozenset({"orders", "people", "findings", "fixes"})


def check_night(gate: str, snapshot: Snapshot, snapshots: Snapshots, settings: Settings) -> int:
    """Check one gate of a night. Returns the number of expectations that held. Raises GateClosed."""
    held = 0
    before = snapshots.before(snapshot)
    for table in GATES[gate]:
        try:
            frame = getattr(_frames, table)(snapshot, before, settings)
        except GateClosed:
            raise
        except RollcallError as error:
            raise GateClosed(f"The gate {gate} is closed: {table} cannot be checked. {error}") from error
        except Exception as error:  # noqa: BLE001  a gate that fails in whatever way is closed
            why = type(error).__name__
            raise GateClosed(f"The gate {gate} is closed: {table} cannot be checked ({why}).") from None  # see below
        held += hold(table, frame, settings)
    return held


def check_fixes(rows: Sequence[Mapping[str, Any]], settings: Settings) -> int:
    """Check the approved fixes before they are applied. Raises GateClosed."""
    import pandas as pd

    return hold("fixes", pd.DataFrame(list(rows)), settings)


def hold(table: str, frame: pd.DataFrame, settings: Settings) -> int:
    """Hold a table to the expectations in its file. Returns how many there are. Raises GateClosed naming what fails."""
    if frame.empty:
        if table in MAY_BE_EMPTY:
            return 0
        raise GateClosed(f"{table}: there is not one row to check, so nothing is known to be right.")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    expectations = load("checks", table).expectations(settings)
    if not expectations:
        raise GateClosed(f"{table}: it has no expectations, so nothing is known to be right.")
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        batch = context.data_sources.add_pandas("night").add_dataframe_asset(table)
        whole = batch.add_batch_definition_whole_dataframe("all")
        suite = context.suites.add(gx.ExpectationSuite(name=table, expectations=[*expectations, *_known(expectations)]))
        checked = context.validation_definitions.add(gx.ValidationDefinition(name=table, data=whole, suite=suite))
        result = checked.run(batch_parameters={"dataframe": frame}, result_format="BOOLEAN_ONLY")
    except Exception as error:  # noqa: BLE001  likewise
        # Not `from error`: Airflow logs the whole chain, and the words of pandas and Arrow may hold people's data.
        raise GateClosed(f"{table}: the checks could not be run ({type(error).__name__}).") from None
    failed = [one.expectation_config for one in result.results if not one.success]
    if failed or not result.success:
        said = "; ".join(str(one.description) for one in failed) or "every check is a success"
        raise GateClosed(f"{table}: expected that {said}")
    return len(result.results)


def _known(expectations: Sequence[Any]) -> list[Any]:
    """That every column asked about is filled in every row: most expectations pass over a row where it is not."""
    import great_expectations.expectations as gxe

    asked = {getattr(each, name, None) for each in expectations for name in ("column", "column_A", "column_B")}
    listed = {column for each in expectations for column in getattr(each, "column_list", None) or ()}
    columns = sorted({column for column in asked | listed if column})
    said = "every row says its {}"
    return [
        gxe.ExpectColumnValuesToNotBeNull(column=column, description=said.format(column.replace("_", " ")))
        for column in columns
    ]
