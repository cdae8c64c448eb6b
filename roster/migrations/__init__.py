"""Migrations of the app ``roster``."""
