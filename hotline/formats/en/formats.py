"""Dates, times and numbers for whoever reads English in Peru: written as there, with English words."""

from hotline.formats.es_PE.formats import *  # noqa: F403  all but these three

DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "j F Y, H:i"
