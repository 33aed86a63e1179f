"""The tests. Their people decide without being named beforehand, as nobody does outside of the sandbox."""

import os

os.environ.setdefault("ROLLCALL_REVIEWERS", "*")
