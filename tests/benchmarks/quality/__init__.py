"""How well Rollcall judges: people nobody here invented, rules laid over them, truth, and the same for its rivals."""
