"""Wiring only: settings, addresses, start."""
