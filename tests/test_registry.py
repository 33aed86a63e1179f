"""The folder is the list."""

from __future__ import annotations

from include.registry import docstring, load, names, summary


def test_the_six_platforms_are_found_by_their_folders():
    assert names("platforms") == ("bigcommerce", "cpanel", "hubspot", "shopify", "whmcs", "whois")


def test_a_docstring_is_read_without_importing_the_module():
    assert docstring("platforms", "hubspot") == (load("platforms", "hubspot").__doc__ or "").strip()
    assert summary("platforms", "hubspot") == docstring("platforms", "hubspot").splitlines()[0]
