"""How Rollcall's CPU and memory grow with the contacts, beside hand-written SQL and naive pandas of the same."""
