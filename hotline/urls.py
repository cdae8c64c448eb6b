"""The public addresses; their words are Spanish because people see them (docs/PROTOCOL.md)."""

from django.contrib import admin
from django.urls import include, path

from campaign import figure_views
from hotline import errors, health, public_figures

urlpatterns = [
    path("campana/cifras/", include(figure_views.addresses(public_figures.published, public_figures.fixed_tables))),
    path("", include("campaign.urls")),
    path("", include("chat.urls")),
    path("boton/", include("triage.urls")),
    path("", include("roster.urls")),
    path("casos/", include("cases.urls")),
    path("practica/", include("training.urls")),
    path("supervision/", include("oversight.urls")),
    path("reflexion/", include("reflection.urls")),
    path("recursos/", include("directory.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
