"""Commands of the whole line."""
