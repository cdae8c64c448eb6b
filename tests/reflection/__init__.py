"""Tests of the rooms for those who listen."""
