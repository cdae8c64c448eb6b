"""A checker in the manner of Jepsen: people talk, things break, and what was heard is held to the promises."""
