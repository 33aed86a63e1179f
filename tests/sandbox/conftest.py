"""The whole sandbox to ask, begun anew for each test."""

from tests.sandbox.whole import whole, whole_server

__all__ = ["whole", "whole_server"]
