"""Where else to find help."""
