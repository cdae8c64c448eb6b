"""The official wording of questionnaires for members: read from a file of the coordination, checked, kept as it is."""

import hashlib
import re
import tomllib
from collections import Counter
from typing import Any, NoReturn

from django.db import transaction

from reflection.models import FormWording
from reflection.own_errors import WordingProblem
from reflection.questionnaires import FORMS, THREE, Form
from vault import actions as vault
from wire import clock

TEXTS = {"code": 10, "language": 10, "version": 40, "source": 200, "licence": 200}
KNOWN = frozenset({*TEXTS, "licence_accepted", "intro", "items", "answers", "scales"})
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
LONGEST = 1_000  # code points of one item, or of the introduction


def _refuse(sentence: str) -> NoReturn:
    raise WordingProblem(sentence)


def _facts(raw: bytes) -> dict[str, Any]:
    try:
        facts = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise WordingProblem("The file is not text in UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        message = f"The file is not TOML: {error}."
        raise WordingProblem(message) from error
    unknown = sorted(set(facts) - KNOWN)
    if unknown:
        _refuse(f"The file has an entry that is not known: {unknown[0]}. Known are {', '.join(sorted(KNOWN))}.")
    return facts


def _check_texts(facts: dict[str, Any]) -> None:
    for name, longest in TEXTS.items():
        text = facts.get(name)
        if not isinstance(text, str) or not text.strip():
            _refuse(f"The file lacks {name}, a text.")
        elif len(text) > longest:
            _refuse(f"{name} has more than {longest} characters.")
    if not LANGUAGE.fullmatch(facts["language"]):
        _refuse(f"{facts['language']} is no language; write it like es-PE or quy.")
    if facts.get("licence_accepted") is not True:
        _refuse("Nobody accepted the licence: read it, and write licence_accepted = true.")
    intro = facts.get("intro", "")
    if not isinstance(intro, str) or len(intro) > LONGEST:
        _refuse(f"intro must be a text of at most {LONGEST} characters.")


def _list(facts: dict[str, Any], name: str, wanted: int) -> list[str]:
    texts = facts.get(name)
    if not isinstance(texts, list) or len(texts) != wanted:
        found = len(texts) if isinstance(texts, list) else "no list"
        _refuse(f"{name} must be a list of {wanted} texts, in the order of the official form; found {found}.")
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            _refuse(f"Number {number} of {name} must be a text of 1 to {LONGEST} characters.")
    return [text.strip() for text in texts]


def _scales(facts: dict[str, Any], form: Form) -> list[str]:
    """Return to which scale each item belongs, where the form leaves it to the file."""
    if not form.items_by_file:
        if "scales" in facts:
            _refuse(f"{form.name} says itself to which scale each item belongs; leave scales out.")
        return []
    told = _list(facts, "scales", form.items)
    codes = [scale.code for scale in form.scales]
    if Counter(told) != Counter(dict.fromkeys(codes, THREE)):
        _refuse(f"scales must name each of {', '.join(codes)} {THREE} times, in the order of the items.")
    return told


def read(raw: bytes) -> FormWording:
    """Read a file into a row that is not stored yet. Raises WordingProblem, whose sentence names the first defect."""
    facts = _facts(raw)
    _check_texts(facts)
    form = FORMS.get(facts["code"])
    if form is None:
        _refuse(f"{facts['code']} is no questionnaire of this line; known are {', '.join(FORMS)}.")
    return FormWording(
        **{name: facts[name].strip() for name in TEXTS},
        intro=facts.get("intro", "").strip(),
        items=_list(facts, "items", form.items),
        answers=_list(facts, "answers", len(form.points)),
        scales=_scales(facts, form),
        digest=hashlib.sha256(raw).hexdigest(),
    )


@transaction.atomic
def load(raw: bytes) -> tuple[FormWording, bool]:
    """Keep the wording of a file and say whether it was new; the same file again changes nothing.

    Raises WordingProblem as ``read``, and for a version that was loaded from another file before.
    """
    fresh = read(raw)
    same = {"code": fresh.code, "language": fresh.language, "version": fresh.version}
    names = ("source", "licence", "intro", "items", "answers", "scales", "digest")
    values = {name: getattr(fresh, name) for name in names} | {"loaded_at": clock.now()}
    found, new = FormWording.objects.get_or_create(**same, defaults=values)
    if found.digest != fresh.digest:
        _refuse(f"Version {fresh.version} was loaded before with other words; give the changed file a new version.")
    if new:
        vault.record(actor="operator", act="form.load", subject_kind="form", subject=fresh.code, reason=fresh.version)
    return found, new


def wording_of(code: str, language: str = "es-PE") -> FormWording | None:
    """Return the wording loaded last for a questionnaire, or None: then it is not asked, as no words are invented."""
    return FormWording.objects.filter(code=code, language=language).order_by("-loaded_at", "-pk").first()
