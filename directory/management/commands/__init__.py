"""Commands of the directory, one a file."""
