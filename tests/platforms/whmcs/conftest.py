"""The hosting company's WHMCS and WHM, fresh for each test."""

from tests.sandbox.hosting_world import stack as stack  # a fixture
