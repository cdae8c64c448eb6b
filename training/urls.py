"""The addresses under /practica/."""

from django.urls import path

from training import views

urlpatterns = [
    path("", views.overview, name="practices"),
    path("avisos/", views.notices, name="practice_notices"),
    path("empezar/", views.begin, name="begin_practice"),
    path("cuantas/", views.require, name="require_practices"),
    path("formacion/", views.finish, name="finish_training"),
    path("<uuid:practice_id>/", views.practice, name="practice"),
    path("<uuid:practice_id>/dejar/", views.leave, name="leave_practice"),
]
