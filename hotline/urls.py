"""The public addresses; their words are Spanish because people see them (docs/PROTOCOL.md)."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaign import figure_views, file_urls
from hotline import errors, health, language_views, other_languages, public_figures, public_text_views, shown_languages

urlpatterns = [
    # The published figures are Spanish, as the texts around them; they stand before the pages by name.
    path("campana/cifras/", include(figure_views.addresses(public_figures.published, public_figures.fixed_tables))),
    # In each language under a prefix of its own, in Spanish without any.
    *i18n_patterns(
        path("", include("campaign.urls")),
        path("", include("chat.urls")),
        path("recursos/", include("directory.urls")),
        prefix_default_language=False,
    ),
    path("", include(file_urls.addresses(other_languages.written_in, shown_languages.shown))),
    path("", include("chat.desk_urls")),
    path("boton/", include("triage.urls")),
    path("", include("roster.urls")),
    path("casos/", include("cases.urls")),
    path("practica/", include("training.urls")),
    path("supervision/", include("oversight.urls")),
    path("reflexion/", include("reflection.urls")),
    path("equipo/textos/", public_text_views.public_texts, name="public_texts"),
    path("equipo/idiomas/", language_views.languages_page, name="languages"),
    path("equipo/idiomas/<str:language>/", language_views.language_page, name="language"),
    path("admin/", admin.site.urls),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
