"""The addresses under /casos/."""

from django.urls import path

from cases import views

urlpatterns = [
    path("", views.own_cases, name="own_cases"),
    path("pendientes/", views.pending_notes, name="pending_notes"),
    path("pedidos/", views.opening_requests, name="opening_requests"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/borrar/", views.erase, name="erase_case"),
    path("nota/<uuid:contact_id>/", views.note, name="note"),
]
