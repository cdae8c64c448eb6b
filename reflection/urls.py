"""The addresses under /reflexion/."""

from django.urls import path

from reflection import (
    care_views,
    check_in_views,
    circle_views,
    journal_views,
    room_views,
    space_views,
    taking_views,
    thanks_views,
    views,
)

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
    path("circulo/<uuid:circle_id>/visto/", circle_views.seat_seen, name="seat_seen"),
    path("circulo/<uuid:circle_id>/salir/", circle_views.leave, name="leave_circle"),
    path("circulo/<uuid:circle_id>/conducir/", circle_views.lead, name="lead_circle"),
    path("nota/<int:note_id>/borrar/", circle_views.throw_note_away, name="throw_note_away"),
    path("colega/", room_views.ask_peer, name="ask_peer"),
    path("colega/<uuid:ask_id>/", room_views.answer_peer, name="answer_peer"),
    path("espacio/", space_views.own_space, name="own_space"),
    path("diario/", journal_views.journal_pages, name="journal"),
    path("diario/borrador/", journal_views.draft, name="journal_draft"),
    path("diario/llevar/", taking_views.take_along, name="take_along"),
    path("diario/<uuid:page_id>/", journal_views.journal_page, name="journal_page"),
    path("como-estoy/", check_in_views.how_i_am, name="how_i_am"),
    path("como-estoy/ahora/", check_in_views.check_in, name="check_in"),
    path("como-estoy/<slug:form_code>/", check_in_views.questionnaire, name="questionnaire"),
    path("despues/", care_views.after_hard, name="after_hard"),
    path("conversar/", care_views.talk_requests, name="talk_requests"),
    path("tendencia/", care_views.trend, name="trend"),
    path("gracias/", thanks_views.notes_of_thanks, name="thanks"),
    path("gracias/<uuid:thanks_id>/", thanks_views.note_of_thanks, name="note_of_thanks"),
    path("calendario/", circle_views.own_calendar, name="circle_calendar"),
    path("calendario/<str:token>.ics", circle_views.calendar_file, name="circle_calendar_file"),
]
