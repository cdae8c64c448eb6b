"""Migrations of the conversation."""
