"""The languages of callers' and public pages, in the order of the switch, each by its own name.

Staff pages are Spanish. The order is that of Peru's needs: Spanish, the two Quechuas of the south, Aymara, English. A
language is shown to real callers only once somebody who speaks it has read all of it (``hotline.shown_languages``).
"""

SPANISH = "es-pe"
#: Code (ISO 639-3 where 639-1 has none of its own) → name in the language itself.
LANGUAGES = [
    (SPANISH, "Español"),
    ("quy", "Runasimi (Chanka)"),
    ("quz", "Runasimi (Collao)"),
    ("ay", "Aymar aru"),
    ("en", "English"),
]
#: What Django wants to know of a language that it has no words of its own for.
UNKNOWN_TO_DJANGO = {
    "quy": {"bidi": False, "code": "quy", "name": "Chanka Quechua", "name_local": "Runasimi (Chanka)"},
    "quz": {"bidi": False, "code": "quz", "name": "Collao Quechua", "name_local": "Runasimi (Collao)"},
    "ay": {"bidi": False, "code": "ay", "name": "Aymara", "name_local": "Aymar aru"},
}
