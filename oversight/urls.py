"""The addresses under /supervision/."""

from django.urls import path

from oversight import figure_views, forecast_views, views

urlpatterns = [
    path("", views.live_board, name="board"),
    path("tablero/", views.board_fragment, name="board_fragment"),
    path("alarmas/", views.alarm_strip, name="alarms"),
    path("conversacion/<uuid:contact_id>/", views.contact_story, name="contact_story"),
    path("pronostico/", forecast_views.forecast_page, name="forecast"),
    path("cifras/", figure_views.figures_page, name="month_figures"),
    path("nivel/<uuid:contact_id>/", views.reassess, name="reassess"),
    path("elegir/<uuid:contact_id>/", views.assign, name="assign"),
    path("auditoria/", views.trail, name="trail"),
]
