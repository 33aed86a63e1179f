"""
Notices: who is told what, when. An email change tells the old and the new address, and one that
a client asked for the old one beforehand; a night tells the reviewers.

It writes messages and never sends one: that is `channels`'. What they say is in `templates/`.
"""

from __future__ import annotations

from include.notices.alarms import edited
from include.notices.changes import of_change
from include.notices.coming import called_off, coming
from include.notices.requests import back, objected, waits
from include.notices.reviewers import digest_of, stopped

__all__ = ["back", "called_off", "coming", "digest_of", "edited", "objected", "of_change", "stopped", "waits"]
