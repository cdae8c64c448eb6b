"""Filters of the supervisors' pages."""
