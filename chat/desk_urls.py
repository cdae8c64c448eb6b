"""The addresses of the desk, under /escritorio/."""

from django.urls import path

from chat import assessing_views, desk_places_views, desk_views, handing_over_views, safety_plan_views

urlpatterns = [
    path("escritorio/", desk_views.desk, name="desk"),
    path("escritorio/borrador/", desk_views.draft, name="draft"),
    path("escritorio/persona/", desk_views.about, name="desk_about"),
    path("escritorio/teclas/", desk_views.shortcuts, name="desk_shortcuts"),
    path("escritorio/manos/", desk_views.hands, name="desk_hands"),
    path("escritorio/pasar/", handing_over_views.hand_over, name="hand_over"),
    path("escritorio/dura/", desk_views.hard, name="desk_hard"),
    path("escritorio/nivel/", assessing_views.level, name="desk_level"),
    path("escritorio/instrumento/", assessing_views.instrument, name="desk_instrument"),
    path("escritorio/terminar/", assessing_views.end_without_note, name="end_without_note"),
    path("escritorio/pregunta/", assessing_views.asked, name="desk_asked"),
    path("escritorio/acordado/", safety_plan_views.desk_agreed, name="desk_agreed"),
    path("escritorio/acordado/borrador/", safety_plan_views.desk_agreed_draft, name="desk_agreed_draft"),
    path("escritorio/lugares/", desk_places_views.desk_places, name="desk_places"),
    path("escritorio/acuerdo/", desk_views.ask_consent, name="ask_consent"),
]
