"""The rooms of those who listen: circles, the end of a shift, a colleague to talk to; cut off from callers."""
