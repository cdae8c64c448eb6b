"""Practice in the real desk with scripted callers, before the first real one."""
