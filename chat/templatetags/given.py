"""Gives a form back what was already answered, so that a mistake costs nobody their words."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def answer(given: Mapping[str, str] | str | None, name: str) -> str:
    """Return what was given under ``name``, or an empty text; ``given`` is a request's POST, or nothing at all."""
    return given.get(name, "") if isinstance(given, Mapping) else ""
