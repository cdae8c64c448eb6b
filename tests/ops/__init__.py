"""Tests of what a real deployment is made of: ``ops/``."""
