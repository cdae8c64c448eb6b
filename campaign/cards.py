"""Draws the picture that goes with a link when somebody shares a page: by ourselves, asking nobody else for it."""

import functools
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from campaign.content import LANGUAGE, Page

WIDTH, HEIGHT = 1200, 630  # what networks show whole
MARGIN = 72
FONTS = Path(__file__).parent / "fonts"
#: The night colours of static/css/tokens.css.
GROUND, SURFACE, INK, SOFT = "#0c2126", "#133037", "#f6eddd", "#cfd3c8"
CLAY, GOLD, TEAL = "#e8a172", "#f4d18a", "#6fb3a8"
NAME = "Por mí, Por ti, Por el Perú"
#: What stands below where the law asks for no sentence.
FOOTS = {
    "es-PE": "Si necesitas ayuda ahora: llama gratis al 113, opción 5.",
    "en": "If you need help now, in Peru: call 113, option 5. It is free.",
}
COLOURS = 32


@functools.cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{weight}.woff2", size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return the text in lines that are no wider than ``width`` pixels; a longer word stands alone."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitting(text: str, weight: str, sizes: tuple[int, ...], most: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest of the sizes in which a text needs at most so many lines, or the smallest, and the lines."""
    tried = [(_font(weight, size), _wrapped(text, _font(weight, size), WIDTH - 2 * MARGIN)) for size in sizes]
    return next((one for one in tried if len(one[1]) <= most), tried[-1])


def _weave(draw: ImageDraw.ImageDraw, top: int) -> None:
    """Draw the band of static/css/components/weave.css: diamonds between two threads."""
    half = 14
    draw.line([(0, top), (WIDTH, top)], fill=TEAL, width=2)
    draw.line([(0, top + 2 * half), (WIDTH, top + 2 * half)], fill=TEAL, width=2)
    for left in range(-half, WIDTH, 3 * half):
        middle = (left + half, top + half)
        corners = [(left, middle[1]), (middle[0], top), (left + 2 * half, middle[1]), (middle[0], top + 2 * half)]
        draw.polygon(corners, fill=CLAY)
        draw.ellipse([middle[0] - 3, middle[1] - 3, middle[0] + 3, middle[1] + 3], fill=GOLD)


@functools.lru_cache(maxsize=64)
def drawn(title: str, summary: str, foot: str) -> bytes:
    """Return a PNG of 1200 × 630 pixels with a title, a summary and, whole, what stands below."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(picture)
    _weave(draw, 0)
    draw.text((MARGIN, 62), NAME, font=_font("semibold", 34), fill=CLAY)
    y = 124
    for text, weight, sizes, most, fill in (
        (title, "semibold", (76, 64, 54, 46), 2, INK),
        (summary, "regular", (38, 34, 30), 2, SOFT),
    ):
        font, lines = _fitting(text, weight, sizes, most)
        for line in lines:
            draw.text((MARGIN, y), line, font=font, fill=fill)
            y += round(font.size * 1.2)
        y += 18
    font, lines = _fitting(foot, "regular", (34, 30, 28), 3)
    step = round(font.size * 1.3)
    top = HEIGHT - len(lines) * step - 56
    draw.rectangle([0, top, WIDTH, HEIGHT], fill=SURFACE)
    draw.rectangle([0, top, 12, HEIGHT], fill=TEAL)
    for number, line in enumerate(lines):
        draw.text((MARGIN, top + 24 + number * step), line, font=font, fill=INK)
    written = io.BytesIO()
    picture.quantize(COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()


def of_page(page: Page) -> bytes:
    """Return the picture of a page; one on suicide carries the sentence of the law, whole."""
    return drawn(page.title, page.summary, page.sentence or FOOTS.get(page.language, FOOTS[LANGUAGE]))
