"""The addresses under /casos/."""

from django.urls import path

from cases import rescue_views, views

urlpatterns = [
    path("", views.own_cases, name="own_cases"),
    path("pendientes/", views.pending_notes, name="pending_notes"),
    path("pedidos/", views.opening_requests, name="opening_requests"),
    path("rescates/", rescue_views.rescues, name="rescues"),
    path("rescates/<uuid:contact_id>/", rescue_views.answer_rescue, name="answer_rescue"),
    path("rescate/<uuid:contact_id>/", rescue_views.ask_rescue, name="ask_rescue"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/borrar/", views.erase, name="erase_case"),
    path("nota/<uuid:contact_id>/", views.note, name="note"),
]
