"""How dates are written beside Chanka Quechua."""
