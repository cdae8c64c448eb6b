"""Share B of every key and the epoch keys, in a database of their own."""
