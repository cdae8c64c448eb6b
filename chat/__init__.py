"""The conversation, its protocol, its sockets, and the caller's one address."""
