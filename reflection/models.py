"""What is kept for those who listen; no row names a contact, and no time is finer than it must be."""
