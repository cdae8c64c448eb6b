"""Tests about the code need no line: no keys, no counters, no static files."""

import pytest


@pytest.fixture(autouse=True)
def _own_master_key() -> None:
    """Stand in for the key that every other test has."""


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    """Stand in for the counters that every other test finds empty."""
