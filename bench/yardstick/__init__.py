"""The yardsticks: the smallest Channels chat, which stores nothing, and the same with one INSERT a message."""
