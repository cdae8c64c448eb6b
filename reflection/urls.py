"""The addresses under /reflexion/."""

from django.urls import path

from reflection import circle_views, room_views, views

urlpatterns = [
    path("", views.front, name="reflection"),
    path("avisos/", views.notices, name="reflection_notices"),
    path("circulos/nuevo/", circle_views.found, name="found_circle"),
    path("circulo/<uuid:circle_id>/", room_views.circle, name="circle"),
    path("circulo/<uuid:circle_id>/estado/", room_views.standing, name="circle_standing"),
    path("circulo/<uuid:circle_id>/decir/", room_views.speak, name="speak_in_circle"),
    path("circulo/<uuid:circle_id>/sala/", room_views.act, name="act_in_circle"),
    path("circulo/<uuid:circle_id>/nota/", room_views.keep_note, name="circle_note"),
    path("circulo/<uuid:circle_id>/unirme/", circle_views.join, name="join_circle"),
    path("circulo/<uuid:circle_id>/salir/", circle_views.leave, name="leave_circle"),
    path("circulo/<uuid:circle_id>/conducir/", circle_views.lead, name="lead_circle"),
    path("nota/<int:note_id>/borrar/", circle_views.throw_note_away, name="throw_note_away"),
    path("colega/", room_views.ask_peer, name="ask_peer"),
    path("colega/<uuid:ask_id>/", room_views.answer_peer, name="answer_peer"),
    path("calendario/", circle_views.own_calendar, name="circle_calendar"),
    path("calendario/<str:token>.ics", circle_views.calendar_file, name="circle_calendar_file"),
]
