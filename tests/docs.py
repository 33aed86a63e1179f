"""
What is generated: passages of README.md, from the docstrings and settings they describe, and files for compose.

`python -m tests.docs` fails when a passage is stale; with `--write` it writes them anew (`make docs`).
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from include import settings
from include.registry import names, summary
from include.sandbox.server import connections_to

SANDBOX = "http://sandbox:9400"
ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def rules() -> str:
    """What each rule holds to be wrong, from the docstring that reviewers read."""
    rows = [f"| `{name}` | {summary('rules', name)} |" for name in names("rules")]
    return "\n".join(["| rule | what is wrong |", "|---|---|", *rows])


def platforms() -> str:
    """What each platform's folder knows, and the Airflow connection it talks through."""
    rows = [f"| `{name}` | {summary('platforms', name)} |" for name in names("platforms")]
    return "\n".join(["| platform | what Rollcall knows of it |", "|---|---|", *rows])


def settings_table() -> str:
    """Every `ROLLCALL_*` variable with its default and the comment beside it in settings.py."""
    comments = dict(re.findall(r"^    (\w+): .*?  # (.*)$", Path(settings.__file__).read_text("utf-8"), re.MULTILINE))
    rows = [
        f"| `ROLLCALL_{field.name.upper()}` | `{field.default}` | {comments[field.name]} |"
        for field in fields(settings.Settings)
    ]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows])


def dags() -> str:
    """The steps of each DAG, from the docstring that Airflow shows."""
    parts = []
    for path in sorted((ROOT / "dags").glob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        steps = re.findall(r"^\d+\. .*?(?=^\d+\. |^$)", said, re.MULTILINE | re.DOTALL)
        parts.append(f"**`{path.stem}`**\n\n" + "\n".join(" ".join(step.split()) for step in steps))
    return "\n\n".join(parts)


PASSAGES: dict[str, Callable[[], str]] = {
    "dags": dags,
    "rules": rules,
    "platforms": platforms,
    "settings": settings_table,
}


def pools() -> str:
    """Airflow's pools: one task at a time asks a platform, and walks its lanes side by side itself."""
    told = {
        name: {"slots": 1, "description": f"calls to {name}", "include_deferred": False} for name in names("platforms")
    }
    return json.dumps(told, indent=2) + "\n"


def sandbox_env() -> str:
    """The sandbox's connections for compose, in the file as it stands otherwise."""
    lines = (ROOT / "config/sandbox.env").read_text("utf-8").splitlines()
    mail = next(line for line in lines if line.startswith("AIRFLOW_CONN_SMTP_DEFAULT="))
    found = [f"AIRFLOW_CONN_{name.upper()}={json.dumps(said)}" for name, said in connections_to(SANDBOX, {}).items()]
    rest = [line for line in lines if not line.startswith("AIRFLOW_CONN_")]
    at = next(place for place, line in enumerate(rest) if not line.startswith("#"))
    return "\n".join([*rest[:at], *sorted(found), mail, *rest[at:], ""])


FILES: dict[str, Callable[[], str]] = {"config/pools.json": pools, "config/sandbox.env": sandbox_env}


def written(text: str) -> str:
    """`text` with every generated passage as it should read today."""
    for name, make in PASSAGES.items():
        start, end = f"<!-- {name}: written by `make docs` -->", f"<!-- end of {name} -->"
        assert start in text, f"README.md has no passage {name}"
        assert end in text, f"the passage {name} of README.md has no end"
        head, _, rest = text.partition(start)
        text = f"{head}{start}\n{make()}\n{end}{rest.partition(end)[2]}"
    return text


def main() -> int:
    text = README.read_text("utf-8")
    fresh = {README: written(text)} | {ROOT / name: make() for name, make in FILES.items()}
    stale = [path for path, wanted in fresh.items() if path.read_text("utf-8") != wanted]
    for path in stale:
        if "--write" in sys.argv:
            path.write_text(fresh[path], "utf-8")
        else:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run `make docs`\n")
    return 1 if stale and "--write" not in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
