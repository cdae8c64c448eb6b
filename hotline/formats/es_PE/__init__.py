"""How dates are written in Peru."""
