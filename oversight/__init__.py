"""The supervisors' window: live board, history, trail."""
