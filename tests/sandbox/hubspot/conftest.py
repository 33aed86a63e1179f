"""A HubSpot to ask, fresh for each test; or one with switches or a world of the test's own."""

from tests.sandbox.hubspot.serving import hubspot, hubspot_server, hubspot_with

__all__ = ["hubspot", "hubspot_server", "hubspot_with"]
