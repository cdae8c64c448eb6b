"""Style sheets fetch nothing from elsewhere, bring no fonts, and take every colour from the tokens."""

import re

import pytest

from tests.house.source import read, under

COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
ELSEWHERE = re.compile(r"(?:url\(|@import)\s*[\"']?(?:\w+:)?//")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\([^)]*\)")
#: Paper and ink of a printed page, a blank page while leaving, and shadows are no colours of ours.
PLAIN = re.compile(r"#000|#fff|rgba\(0, 0, 0, [\d.]+\)")


def faults_of(text: str, *, tokens: bool = False) -> list[str]:
    """Return what breaks the rules in one style sheet; ``tokens``: it is the one where colours are named."""
    rules = COMMENTS.sub("", text)
    found = ELSEWHERE.findall(rules) + re.findall(r"@font-face", rules)
    return found if tokens else found + [one for one in COLOUR.findall(rules) if not PLAIN.fullmatch(one)]


def test_every_style_sheet_keeps_the_rules() -> None:
    sheets = under("static/css", ".css")
    assert len(sheets) > 5
    faults = {str(path): faults_of(read(path), tokens=path.name == "tokens.css") for path in sheets}
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "planted",
    [
        '@import "https://elsewhere.example/x.css";',
        "p { background: url(//elsewhere.example/x.png) }",
        "@font-face { font-family: X }",
        "p { color: #c0392b }",
        "p { color: rgb(1, 2, 3) }",
    ],
)
def test_a_planted_fault_is_seen(planted: str) -> None:
    assert faults_of(planted) != []
