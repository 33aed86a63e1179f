"""One text and one checksum for equal values on every machine: what findings are named by and decisions bound to."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """`value` as JSON text that is the same for equal values on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def finding_id(key: str) -> str:
    """The short name of a finding in URLs and logs: 16 hex digits of its key's SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
