"""How dates are written beside Collao Quechua."""
