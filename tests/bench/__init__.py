"""Tests of the measuring: ``bench/``."""
