"""Commands of reflection."""
