"""`python -m hotline i18n-report`: what each language of the callers' pages has, what it lacks, and in which file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaign.official_sentences import NATIVE, in_language
from hotline.catalogue_upkeep import Report, bring_up_to_date, report
from hotline.catalogues import others
from hotline.plain_language import hardest, readings


def _official(language: str) -> str:
    """Return where the official sentence of a language comes from, or that there is none."""
    known = in_language(language)
    if known is None:
        return "no official form is loaded; it is read in Spanish"
    return f"{known.reference} ({known.source}), loaded by {known.loaded_by} on {known.loaded_on:%Y-%m-%d}"


class Command(BaseCommand):
    """Exits 1 where a file is out of step with the code, or a language that should have everything lacks something."""

    help = "Says how far each language of the callers' pages is translated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do beside telling."""
        parser.add_argument("--update", action="store_true", help="write new sentences into the files first")
        parser.add_argument("--plain", action="store_true", help="how easy the Spanish texts read (INFLESZ), instead")
        parser.add_argument("--missing", action="store_true", help="name every sentence that is read in Spanish")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tell of each language, or of the Spanish beneath all of them."""
        if options["plain"]:
            self._tell_plain()
            return
        if options["update"]:
            changed = [language for language in others() if bring_up_to_date(language)]
            self.stdout.write(f"Written anew: {', '.join(changed) or 'nothing'}.")
        reports = [report(language) for language in others()]
        for one in reports:
            self._tell(one, missing=options["missing"])
        if not all(one.is_well for one in reports):
            raise SystemExit(1)

    def _tell_plain(self) -> None:
        found = readings()
        for one in found:
            longest = max(sentence.words for sentence in one.sentences)
            self.stdout.write(f"{one.score:5.1f}  {one.name} (longest sentence: {longest} words)")
        self.stdout.write("The hardest sentences:")
        for name, sentence in hardest(found):
            self.stdout.write(f"{sentence.score:5.1f}  {name}: «{sentence.text}»")

    def _tell(self, one: Report, *, missing: bool) -> None:
        words = one.catalogue
        self.stdout.write(
            f"{words.language:4} {one.name:18} {words.translated} of {words.total} sentences, "
            f"{len(words.unsure)} unsure, {len(words.missing)} missing; signed files of its own: "
            f"{', '.join(words.signed_files) or 'none'}; {words.digest[:12]}"
        )
        if words.language in NATIVE:
            self.stdout.write(f"     sentence of DS 007-2020-SA art. 40: {_official(words.language)}")
        for name, sentences in (("not in the file yet", one.new), ("said nowhere any more", one.old)):
            for sentence in sentences:
                self.stdout.write(f"     {name} (--update): «{sentence}»")
        if missing:
            for sentence, files in one.missing.items():
                self.stdout.write(f"     {', '.join(files)}: «{sentence}»")
