"""Migrations of the app ``triage``."""
