"""Migrations of the keystore."""
