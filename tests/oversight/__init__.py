"""Tests of the supervisors' window."""
