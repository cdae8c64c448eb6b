"""The addresses under /casos/."""

from django.urls import path

from cases import plan_views, rescue_views, views

urlpatterns = [
    path("", views.own_cases, name="own_cases"),
    path("pendientes/", views.pending_notes, name="pending_notes"),
    path("pasar/", views.note_follows, name="note_follows"),
    path("plan/", plan_views.plan_of_contact, name="plan_of_contact"),
    path("<uuid:case_id>/plan/", plan_views.care_plan, name="care_plan"),
    path("pedidos/", views.opening_requests, name="opening_requests"),
    path("rescates/", rescue_views.rescues, name="rescues"),
    path("rescates/<uuid:contact_id>/", rescue_views.answer_rescue, name="answer_rescue"),
    path("rescate/<uuid:contact_id>/", rescue_views.ask_rescue, name="ask_rescue"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/borrar/", views.erase, name="erase_case"),
    path("nota/<uuid:contact_id>/", views.note, name="note"),
]
