"""Commands of triage, one a file."""
