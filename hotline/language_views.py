"""The coordination's pages of languages: how far each is, who read its words, and which real callers may choose."""

import dataclasses

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign import official_sentences
from campaign.official_sentences import OfficialSentence
from hotline import shown_languages
from hotline.catalogues import Catalogue, catalogue, entries, others, path_of, read, sentence, translation
from hotline.language_list import LANGUAGES
from hotline.language_review_form import ReviewForm
from hotline.shown_languages import Standing, standing
from roster import language_reviews
from roster.language_review_model import LanguageReview
from roster.models import Member
from roster.permissions import requires


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One language: its words, its last review that stands, and how the two fit."""

    code: str
    name: str
    words: Catalogue
    review: LanguageReview | None
    standing: Standing
    official: OfficialSentence | None
    is_native: bool


def _row(code: str, reviews: dict[str, LanguageReview]) -> Row:
    review = reviews.get(code)
    marks = frozenset(review.marks.split()) if review else None
    stands, official = standing(code, marks), official_sentences.in_language(code)
    is_native = code in official_sentences.NATIVE
    return Row(code, dict(LANGUAGES)[code], catalogue(code), review, stands, official, is_native)


@require_safe
@requires("language.manage")
def languages_page(request: HttpRequest) -> HttpResponse:
    """List the languages of callers' pages."""
    reviews = language_reviews.reviews()
    return render(request, "hotline/languages.html", {"rows": [_row(code, reviews) for code in others()]})


def _record(by: Member, row: Row, form: ReviewForm) -> None:
    given = form.cleaned_data
    reviewed = language_reviews.Reviewed(
        given["reviewer"], given["reviewer_is"], given["on"], given.get("signed_by", "")
    )
    language_reviews.record(by, row.code, digest=row.words.digest, marks=row.words.marks, reviewed=reviewed)


def _reads_of(words: Catalogue) -> list[tuple[str, str]]:
    """Return every sentence that a reviewer reads: Spanish, and the other language beside it."""
    messages_read = entries(read(path_of(words.language)))
    return [(sentence(one), translation(one)) for one in messages_read if sentence(one) in words.marks.values()]


@require_http_methods(["GET", "POST"])
@requires("language.manage")
def language_page(request: HttpRequest, language: str) -> HttpResponse:
    """One language: all its sentences, and the form to record or take back a review."""
    by = request.user
    if language not in others() or not isinstance(by, Member):
        raise Http404
    row = _row(language, language_reviews.reviews())
    if request.POST.get("do") == "take_back":
        language_reviews.take_back(by, language)
        shown_languages.forget()
        messages.success(request, _("Quedó anotado: ya nadie que llame ve este idioma."))
        return redirect("language", language=language)
    form = ReviewForm(
        request.POST or None, has_signed_texts=bool(row.words.signed_files), initial={"digest": row.words.digest}
    )
    if request.method == "POST" and form.is_valid():
        return _keep(request, by, row, form)
    context = {"row": row, "form": form, "reads": _reads_of(row.words)}
    return render(request, "hotline/language.html", context, status=400 if form.errors else 200)


def _keep(request: HttpRequest, by: Member, row: Row, form: ReviewForm) -> HttpResponse:
    """Record a review of just the words that were on the page; other ones have to be read first."""
    if form.cleaned_data["digest"] != row.words.digest:
        messages.error(request, _("Las palabras cambiaron mientras tanto. Hay que leerlas de nuevo antes de anotarlo."))
    else:
        _record(by, row, form)
        shown_languages.forget()
        messages.success(request, _("Quedó anotado. Quien llama ya puede elegir este idioma."))
    return redirect("language", language=row.code)
