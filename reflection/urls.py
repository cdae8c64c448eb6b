"""The addresses under /reflexion/."""

from django.urls import path

from reflection import views

urlpatterns = [
    path("", views.front, name="reflection"),
]
