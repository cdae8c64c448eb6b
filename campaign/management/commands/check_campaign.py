"""``python -m hotline check-campaign [FILE…]``: reads public texts by the rules, and says what to write instead."""

import contextlib
import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign import checking, content, dates, official_sentences, page_file, partners
from campaign.content import Page
from campaign.page_file import ContentProblem
from campaign.safe_messaging import Fault

HELP = """
Without files: the pages that this line shows. With files: any text that will be published (a post, a note for the
press); a page is known by its head, or by its name in .md. Exits 1 where a rule that knows no exception is broken.
"""
ORGANISATIONS = content.CONTENT / content.LANGUAGE / partners.FILE


def _told(path: Path, fault: Fault) -> str:
    grave = "NO SE PUBLICA" if fault.hard else "aviso"
    words = f" «{fault.found}»" if fault.found else ""
    return f"{path}:{fault.line}: {grave}:{words} {fault.wrong} {fault.instead}".rstrip()


def _waiting(path: Path, page: Page) -> str:
    questions = {point.key: point.question for point in content.checklist()}
    asked = [questions.get(key, "¿Quién lo aprobó y cuándo?") for key in page.waits_for]
    return f"{path}: espera {len(asked)} respuestas de una persona; la primera: {asked[0]} (texto {page.mark})"


def _judged(path: Path, language: str) -> tuple[Page | None, Sequence[Fault]]:
    """Return the page that a file holds, if it is one, and what is wrong with its text."""
    try:
        text = page_file.text_of(path)
    except ContentProblem as problem:
        return None, (Fault(problem.line, "unreadable", str(problem), ""),)
    ours = path.parent.parent == content.CONTENT
    return checking.judged(text, name=path.name, language=path.parent.name if ours else language)


def _judged_list(listed: Callable[[], Sequence[Any]], faults_of: Callable[[Any], list[Fault]]) -> tuple[Fault, ...]:
    """Return what is wrong with the words of a list of ours, as if each stood in the first line."""
    try:
        return tuple(fault for one in listed() for fault in faults_of(one))
    except ContentProblem as problem:
        return (Fault(problem.line, "unreadable", str(problem), ""),)


def _words_wanted() -> Iterator[str]:
    """Tell what each organisation of the alliance has not said yet, and who has to ask it."""
    with contextlib.suppress(ContentProblem):
        for one in partners.listed():
            for name in one.missing:
                yield f"{ORGANISATIONS}: {one.name}: falta {name}. {partners.TO_FILL_IN[name]}\n"


def _judged_sentence(path: Path) -> tuple[Fault, ...]:
    """Return what is wrong with a file that brings the sentence of the law in another language."""
    try:
        official_sentences.read(path)
    except ContentProblem as problem:
        return (Fault(1, "unreadable", str(problem), ""),)
    return ()


def _all_of_ours(language: str) -> dict[Path, tuple[Page | None, Sequence[Fault]]]:
    """Judge everything that the project publishes: texts, dates, organisations, and the sentence of the law."""
    paths = [path for tag in content.languages() for path in content.files(tag)]
    return {
        **{path: _judged(path, language) for path in paths},
        dates.DATES: (None, _judged_list(dates.listed, dates.faults_of)),
        ORGANISATIONS: (None, _judged_list(partners.listed, partners.faults_of)),
        **{path: (None, _judged_sentence(path)) for path in official_sentences.files()},
    }


def _hard(found: Sequence[tuple[Path, Fault]]) -> int:
    return sum(fault.hard for _path, fault in found)


def _as_json(found: Sequence[tuple[Path, Fault]], waiting: Sequence[tuple[Path, Page]]) -> str:
    faults = [{"file": str(path), **dataclasses.asdict(fault)} for path, fault in found]
    said = {"ok": not _hard(found), "faults": faults, "waiting": [str(path) for path, _page in waiting]}
    return json.dumps(said, ensure_ascii=False)


def _in_words(found: Sequence[tuple[Path, Fault]], waiting: Sequence[tuple[Path, Page]]) -> str:
    lines = [_told(path, fault) for path, fault in found]
    lines += [_waiting(path, page) for path, page in waiting]
    if not _hard(found):
        lines.append("Nada impide publicar, según estas reglas. Falta que lo lea una persona.")
    return "\n".join(lines)


class Command(BaseCommand):
    """Exits 0 when every text may be published, 1 when one may not or cannot be read."""

    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and how to answer."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument(
            "--language", choices=content.languages(), default=content.LANGUAGE, help="of a text without a head"
        )
        parser.add_argument("--waiting", action="store_true", help="tell also which pages wait for a person")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, judge and tell."""
        files, language = options["files"], options["language"]
        judged = {path: _judged(path, language) for path in files} if files else _all_of_ours(language)
        found = [(path, fault) for path, (_page, faults) in judged.items() for fault in faults]
        waiting = [(path, page) for path, (page, _faults) in judged.items() if page is not None and page.waits_for]
        if options["json"]:
            self.stdout.write(_as_json(found, waiting))
        else:
            self.stdout.write(_in_words(found, waiting if options["waiting"] else []))
            if options["waiting"] and not options["files"]:
                self.stdout.writelines(_words_wanted())
        if hard := _hard(found):
            message = f"Por cambiar antes de publicar: {hard}."
            raise CommandError(message)
