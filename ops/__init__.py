"""What a real deployment needs, and the command that tries all of it on one machine."""
