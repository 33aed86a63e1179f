"""Rollcall: one person's email address, the same in every system that holds it."""
