"""The folder is the list: what platforms, rules and checks exist is what lies in their folders."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
QUOTES = '"""'


@cache
def names(room: str) -> tuple[str, ...]:
    """The names in `include/<room>`, sorted: its modules and packages whose names do not start with `_`."""
    found = (
        entry.stem
        for entry in (HERE / room).iterdir()
        if (entry.suffix == ".py" or (entry / "__init__.py").is_file()) and not entry.name.startswith("_")
    )
    return tuple(sorted(found))


def load(room: str, name: str, part: str | None = None) -> ModuleType:
    """The module `include.<room>.<name>`, or its `part`."""
    return import_module(".".join(filter(None, ("include", room, name, part))))


def docstring(room: str, name: str) -> str:
    """A module's docstring, read from its source without importing it."""
    path = HERE / room / f"{name}.py"
    source = path if path.is_file() else HERE / room / name / "__init__.py"
    text = source.read_text("utf-8")
    end = text.find(QUOTES, len(QUOTES)) + len(QUOTES) if text.startswith(QUOTES) else None
    return ast.get_docstring(ast.parse(text[:end])) or ""  # every DAG file reads these: nothing more is parsed


def summary(room: str, name: str) -> str:
    """The first line of a module's docstring."""
    return docstring(room, name).partition("\n")[0]


@cache
def vendors() -> dict[str, str]:
    """Every platform with its name as its vendor spells it: the first word of its docstring."""
    return {name: re.split(r"[\s:,]", docstring("platforms", name), maxsplit=1)[0] for name in names("platforms")}


@cache
def said(constant: str) -> dict[str, Any]:
    """What every platform's folder says of it under this name, by platform."""
    return {name: getattr(load("platforms", name), constant) for name in names("platforms")}
