"""Measures the line beside two yardsticks on this machine, in turn, through real sockets."""
