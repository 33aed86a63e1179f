"""Speeds, as ratios measured side by side: `make bench`. They are reported, never asserted."""
