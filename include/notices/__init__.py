"""
Notices: who is told what, when. An email change tells the old and the new address; a night tells the reviewers.

It writes messages and never sends one: that is `channels`'. What they say is in `templates/`.
"""

from __future__ import annotations

from include.notices.changes import of_change
from include.notices.requests import waits
from include.notices.reviewers import digest_of, stopped

__all__ = ["digest_of", "of_change", "stopped", "waits"]
