"""Tests of whole paths."""
