"""The promises of the line, tried as its users would."""
