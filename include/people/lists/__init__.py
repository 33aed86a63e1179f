"""Curated lists, one entry a line, each with its source in its first line."""

from __future__ import annotations

from pathlib import Path


def listed(name: str) -> list[str]:
    """The entries of `<name>.txt`, in order, without its comments."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
