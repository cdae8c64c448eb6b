"""Templates hold no script, style or handler, and every word in them can be translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.source import files, read, under

HTML = under("templates", ".html") + [
    path for path in files() if path.suffix == ".html" and "templates" in path.parts[1:]
]
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment.*?%\}.*?\{% endcomment %\}", re.DOTALL)
TRANSLATED = re.compile(r"\{% blocktranslate.*?%\}.*?\{% endblocktranslate %\}", re.DOTALL)
#: Blocks that fill an attribute: their names end in what they fill.
ATTRIBUTES = re.compile(r"\{% block (\w*(?:attributes|class|data|href|id)) %\}.*?\{% endblock(?: \1)? %\}", re.DOTALL)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title", "label"}
#: Names that are the same in every language.
NAMES = {"Por mí, Por ti, Por el Perú"}
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}


class _Reader(HTMLParser):
    """Collects what is wrong with one template whose tags were taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one element."""
        self.open = tag
        given = {name: value or "" for name, value in attrs}
        self.faults += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        self.faults += [f"<{tag} {name}> speaks" for name in SPOKEN & set(given) if LETTERS.search(given[name])]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"<{tag}> in the page")
        if any(value.strip().lower().startswith("javascript:") for value in given.values()):
            self.faults.append(f"<{tag}> runs a script")
        if re.match(r"(?:\w+:)?//", given.get(FETCHED.get(tag, ""), "")):
            self.faults.append(f"<{tag}> fetches from elsewhere")

    def handle_endtag(self, _tag: str) -> None:
        """Note that the element is over."""
        self.open = ""

    def handle_data(self, data: str) -> None:
        """Find words outside a translation tag."""
        words = data.strip()
        if self.open not in {"style", "script"} and words not in NAMES and LETTERS.search(words):
            self.faults.append(f"untranslated: {' '.join(words.split())[:60]}")


def faults_of(text: str) -> list[str]:
    """Return what breaks the rules in the text of a template."""
    reader = _Reader()
    for unspoken in (COMMENTS, TRANSLATED, ATTRIBUTES):
        text = unspoken.sub("", text)
    reader.feed(TAGS.sub("·", text))
    reader.close()
    return reader.faults


def test_every_template_keeps_the_rules() -> None:
    assert [f"{path}: {fault}" for path in HTML for fault in faults_of(read(path))] == []


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert()</script>",
        "<style>p {color: red}</style>",
        '<p style="color: red"></p>',
        '<button onclick="leave()"></button>',
        '<a href="javascript:leave()"></a>',
        '<img src="https://elsewhere.example/x.png">',
        '<script src="//elsewhere.example/x.js"></script>',
        "<p>Hola</p>",
        '<p>{% translate "Hola" %} mundo</p>',
        '<input placeholder="Escribe">',
        "{% if x %}Sí{% endif %}",
    ],
)
def test_a_planted_fault_is_seen(planted: str) -> None:
    assert faults_of(planted) != []


@pytest.mark.parametrize(
    "good",
    [
        '<p>{% translate "Hola" %}</p>',
        "<p>{% blocktranslate %}Hola {{ name }}{% endblocktranslate %}</p>",
        '<input placeholder="{% translate "Escribe" %}">',
        '<script type="module" src="{% static "js/pages/caller_room.js" %}"></script>',
        "{# a remark #}<p>{{ name }} · 3</p>",
    ],
)
def test_what_is_right_passes(good: str) -> None:
    assert faults_of(good) == []


#: Rooms whose pages a caller sees, and words that are never said to one.
TO_A_CALLER = ("campaign", "chat", "components", "consent", "directory")
NEVER = re.compile(r"\b(pacientes?|usuari[oa]s?|casos?|diagn[oó]stic\w*|suicida)\b", re.IGNORECASE)


def _said_to_callers() -> list[Path]:
    return [path for path in HTML if path.parts[1] in TO_A_CALLER and "desk" not in path.name]


def test_no_page_calls_a_caller_a_patient_a_user_or_a_case() -> None:
    texts = {path: COMMENTS.sub("", read(path)) for path in _said_to_callers()}
    said = {
        path: " ".join(re.findall(r'translate "([^"]*)"', text) + TRANSLATED.findall(text))
        for path, text in texts.items()
    }
    assert {path: NEVER.findall(words) for path, words in said.items() if NEVER.search(words)} == {}


def test_every_translation_is_in_the_words_of_the_page() -> None:
    short = re.compile(r"\{%\s*(trans|blocktrans)\s")
    assert [path for path in HTML if short.search(read(path))] == [], "write translate and blocktranslate"
