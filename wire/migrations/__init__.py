"""Migrations of the app ``wire``."""
