"""Keys and sealed things: the only place that touches ciphers."""
