"""
dlt's way: its `rest_api` source, page by page, into Parquet files in a folder.

The `filesystem` destination is the least that dlt can do: extract, normalize, and the Parquet files put where they
belong, with no database behind them. It runs in an environment of its own (requirements-bench.txt).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__WORKERS": "1",  # in this process: the least of CPU, whatever it takes of time
    "NORMALIZE__LOADER_FILE_FORMAT": "parquet",
}

import dlt
import pyarrow.parquet as pq
from dlt.sources.rest_api import rest_api_source


def cpu() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)


def resources(job: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": stream,
            "endpoint": {
                "path": f"{job['platform']}/{stream}",
                "data_selector": ".".join(told["records"]) or "$",
                "paginator": {
                    "type": "page_number",
                    "base_page": 1,
                    "maximum_page": len(told["files"]) + 1,  # the first that is not asked for
                    "total_path": None,
                    "stop_after_empty_page": False,
                },
            },
        }
        for stream, told in job["streams"].items()
    ]


def main(job: dict[str, Any]) -> dict[str, Any]:
    destination = dlt.destinations.filesystem(bucket_url=f"file://{job['out']}")
    pipeline = dlt.pipeline("pages", pipelines_dir=f"{job['out']}/dlt", destination=destination, dataset_name="pages")
    began = cpu()
    source = rest_api_source({"client": {"base_url": job["url"]}, "resources": resources(job)})
    pipeline.run(source, loader_file_format="parquet")
    took = cpu() - began
    files = [file for stream in job["streams"] for file in _files(f"{job['out']}/pages/{stream}")]
    return {"seconds": took, "rows": sum(pq.ParquetFile(file).metadata.num_rows for file in files)}


def _files(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in os.listdir(folder) if name.endswith(".parquet")]


if __name__ == "__main__":
    for job in json.loads(sys.argv[1]):
        told = main(job)
    sys.stdout.write(json.dumps(told))
