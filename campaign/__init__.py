"""Public pages that know no one."""
