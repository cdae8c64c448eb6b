"""Filters of the conversation's templates."""
