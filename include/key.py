"""What signs our requests to a platform. It goes from an Airflow connection into a session, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """What a connection holds besides its host. `options` are its extra; nothing of it may be shown (no repr)."""

    login: str = field(repr=False)
    secret: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
