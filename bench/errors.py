"""What keeps a measurement from being made; the text is one sentence for whoever asked."""


class CannotMeasure(Exception):
    """Something is missing, wrong or broke off; nothing more is measured."""
