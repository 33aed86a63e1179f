"""
The sample population of `pseudopeople`: one JSON line an adult, with their household and four readings of them.

The first reading is without noise, the others carry the package's own noise as it comes (misspelled, misheard, missing,
swapped, nicknamed). `python households.py FILE`. Run by the benchmark in `.venv-quality`; it imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pseudopeople

YEAR = 2020
TAKERS = (1, 2, 3)  # seeds of pseudopeople's noise


def main(out: str) -> None:
    clean = pseudopeople.generate_decennial_census(year=YEAR, seed=0, config=pseudopeople.NO_NOISE)
    clean = clean[clean["age"].astype(int) >= 18].sort_values("simulant_id")
    readings: dict[str, list[dict[str, str]]] = defaultdict(list)
    takes = [clean, *(pseudopeople.generate_decennial_census(year=YEAR, seed=seed) for seed in TAKERS)]
    for number, take in enumerate(takes):
        for row in take.drop_duplicates("simulant_id").itertuples():
            readings[str(row.simulant_id)].append({"id": f"{row.simulant_id}/{number}", **reading(row)})
    with Path(out).open("w", encoding="utf-8") as file:
        for row in clean.itertuples():
            person = str(row.simulant_id)
            line = {
                "id": person,
                "household": str(row.household_id),
                "country": "US",
                "born": said(row.date_of_birth)[-4:],
                "sex": said(row.sex)[:1],
                "readings": readings[person],
            }
            file.write(json.dumps(line) + "\n")


def reading(row) -> dict[str, str]:
    return {
        "source": "0",
        "first": said(row.first_name),
        "last": said(row.last_name),
        "street": " ".join(filter(None, map(said, (row.street_number, row.street_name, row.unit_number)))),
        "city": said(row.city),
        "postcode": said(row.zipcode),
        "state": said(row.state),
        "number": "",
    }


def said(value: object) -> str:
    return "" if pd.isna(value) else str(value).strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
