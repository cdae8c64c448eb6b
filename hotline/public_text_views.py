"""The coordination's page of public texts: which are shown, what each waits for, and a place to try a text out."""

import dataclasses
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from campaign import checking, content, partners
from campaign.content import Page
from campaign.page_file import ContentProblem
from hotline.language_list import LANGUAGES
from hotline.page_language import tag_of
from roster.permissions import requires

LONGEST = 20_000  # letters of a text to try
UNANSWERED = _("¿Quién lo aprobó y cuándo?")


def _name(tag: str) -> str:
    return {tag_of(code): name for code, name in LANGUAGES}.get(tag, tag)


class TryForm(forms.Form):
    """A text that somebody would like to publish; nothing of it is kept."""

    language = forms.ChoiceField(label=_("En qué idioma está"))
    text = forms.CharField(
        label=_("El texto"),
        help_text=_("Una publicación, una nota, o una página entera con su cabecera. No se guarda."),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": _("Pega aquí el texto que quieres revisar."),
            "max_length": _("Es muy largo: 20 000 letras como mucho. Revísalo por partes."),
        },
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["language"].choices = [(tag, _name(tag)) for tag in content.languages()]  # type: ignore[attr-defined]  # a ChoiceField, for the checker any


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One public text: whether people see it on a real line, and the questions that nobody has answered."""

    page: Page
    is_seen: bool
    asked: list[str]


def _rows(language: str) -> list[Row]:
    questions = {point.key: point.question for point in content.checklist()}
    return [
        Row(
            page,
            not page.refused and (page.stands or page.slug == content.FRONT or not page.waits_for),
            [questions.get(key, str(UNANSWERED)) for key in page.waits_for],
        )
        for page in content.pages(language).values()
    ]


def _wanted() -> list[tuple[str, list[str]]]:
    """Return each organisation of the alliance with what it has not said yet."""
    try:
        return [(one.name, [partners.TO_FILL_IN[name] for name in one.missing]) for one in partners.listed()]
    except ContentProblem as problem:
        return [(partners.FILE, [str(problem)])]


@require_http_methods(["GET", "POST"])
@requires("text.check")
def public_texts(request: HttpRequest) -> HttpResponse:
    """List the public texts; judge one that was pasted, which is kept nowhere."""
    form = TryForm(request.POST or None, initial={"language": content.LANGUAGE})
    shown: dict[str, Any] = {"form": form, "demo": settings.DEMO, "wanted": [one for one in _wanted() if one[1]]}
    if request.method == "POST" and form.is_valid():
        text, language = form.cleaned_data["text"], form.cleaned_data["language"]
        page, faults = checking.judged(text, language=language)
        shown |= {"tried": True, "page": page, "faults": faults, "refused": any(fault.hard for fault in faults)}
    shown["languages_of_texts"] = [(tag, _name(tag), _rows(tag)) for tag in content.languages()]
    answer = render(request, "hotline/public_texts.html", shown, status=400 if form.errors else 200)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
