"""Dates, times and numbers beside Chanka Quechua: as they are written in Peru."""

from hotline.formats.es_PE.formats import *  # noqa: F403  all of them, and no other
