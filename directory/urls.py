"""Addresses of the directory, under ``/recursos/``."""

from django.urls import path

from directory import views

urlpatterns = [path("", views.places, name="places")]
