"""How dates are written beside Aymara."""
