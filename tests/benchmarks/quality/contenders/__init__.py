"""Whoever looks at the same tables: Rollcall as a user runs it, Splink, and equality of addresses."""
