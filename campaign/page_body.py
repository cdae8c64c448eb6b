"""Turns the Markdown of a public text into safe HTML, and tells its writer what of it nobody will see."""

import re
from collections.abc import Collection, Iterator

import nh3
from django.conf import settings
from django.urls import Resolver404, resolve, translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from campaign.safe_messaging import MANDATORY_SENTENCE, Fault

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code", "pre"}
SCHEMES = ("https", "mailto", "tel")
LINK = re.compile(r"(?P<image>!?)\[[^\[\]]*\]\(\s*<?(?P<to>[^)\s>]*)")
MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^>]*)?/?>")
TABLE = re.compile(r"^\s*\|")
OWN_LINK = re.compile(r'<a href="(/[^"]*)">(.*?)</a>', re.DOTALL)


def as_html(body: str, *, about_suicide: bool) -> SafeString:
    """Return a text as HTML; HTML in it is shown as letters. One ``about_suicide`` ends with the law's sentence."""
    rendered: str = MarkdownIt("commonmark", {"html": False}).render(body)
    clean = nh3.clean(rendered, tags=TAGS, attributes={"a": {"href"}}, url_schemes=set(SCHEMES), link_rel=None)
    safe = mark_safe(clean)  # noqa: S308  HTML in the text is disabled, and nh3 lets through no more than TAGS
    if not about_suicide:
        return safe
    return format_html('{}<p class="notice" lang="es-PE">{}.</p>\n', safe, MANDATORY_SENTENCE)


def _page_of(path: str) -> str | None:
    """Return the text to which an address of ours leads, nothing for another page of ours. Raises Resolver404."""
    with translation.override(settings.LANGUAGE_CODE):  # texts name Spanish addresses
        match = resolve(path.partition("#")[0].partition("?")[0])
    return match.kwargs["slug"] if match.url_name == "campaign_page" else None


def _leads_nowhere(to: str, slugs: Collection[str]) -> str:
    if not to.startswith("/"):
        sound = to.startswith(("https://", "mailto:", "tel:", "#"))
        return "" if sound else "Empieza con / una página de esta línea, o con https:// una de otro sitio."
    try:
        slug = _page_of(to)
    except Resolver404:
        return "Mira la dirección en el navegador y cópiala desde la primera /, con la / del final."
    return "" if slug is None or slug in slugs else "Mira en /campana/ cómo se llama la página."


def unseen(body: str, first: int, slugs: Collection[str]) -> Iterator[Fault]:
    """Return what the writer meant and no reader will get: images, HTML, tables, links that lead nowhere.

    ``first`` is the line of the file in which the body begins, ``slugs`` are the texts that there are.
    """
    for number, line in enumerate(body.splitlines(), first):
        for found in LINK.finditer(line):
            if found["image"]:
                yield Fault(number, "image", "Las imágenes no se muestran.", "Cuéntalo con palabras.", hard=False)
            elif advice := _leads_nowhere(found["to"], slugs):
                yield Fault(number, "link", "Este enlace no lleva a ningún lugar.", advice, found["to"], hard=False)
        if found_markup := MARKUP.search(line):
            wrong, instead = "El HTML se ve como letras.", "Usa Markdown: **fuerte**, - lista, ## título."
            yield Fault(number, "markup", wrong, instead, found_markup[0], hard=False)
        if TABLE.match(line):
            yield Fault(number, "table", "Las tablas no se muestran.", "Usa una lista con guiones.", hard=False)


def linked(html: SafeString, shown: Collection[str]) -> SafeString:
    """Return a text with its links in the language of the moment; one to a text that is not shown is mere words."""
    language = translation.get_language() or settings.LANGUAGE_CODE

    def turned(found: re.Match[str]) -> str:
        slug = _page_or_none(found[1])
        if slug is not None and slug not in shown:
            return found[2]
        with translation.override(settings.LANGUAGE_CODE):
            return f'<a href="{translate_url(found[1], language)}">{found[2]}</a>'

    return mark_safe(OWN_LINK.sub(turned, html))  # noqa: S308  nothing but an address of ours was changed


def _page_or_none(path: str) -> str | None:
    try:
        return _page_of(path)
    except Resolver404:
        return None
