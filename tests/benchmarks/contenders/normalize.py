"""What one would write in pandas: `json_normalize` on the records of all pages, then `to_parquet`."""

from __future__ import annotations

import json
import resource
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd


def cpu() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)


def main(job: dict[str, Any]) -> dict[str, Any]:
    began, made = cpu(), 0
    for stream, told in job["streams"].items():
        records = []
        for file in told["files"]:
            records += reduce(lambda body, key: body[key], told["records"], json.loads(Path(file).read_bytes()))
        frame = pd.json_normalize(records)
        frame.to_parquet(f"{job['out']}/{stream}.parquet", compression="zstd")
        made += len(frame)
    return {"seconds": cpu() - began, "rows": made}


if __name__ == "__main__":
    for job in json.loads(sys.argv[1]):
        told = main(job)
    sys.stdout.write(json.dumps(told))
