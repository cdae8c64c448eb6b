"""Migrations of the app ``consent``."""
