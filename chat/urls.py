"""The caller's addresses: /hablar/ and /volver/, in each language."""

from django.urls import path

from chat import receipt_views, return_views, safety_plan_views, traces_views, views

urlpatterns = [
    path("hablar/", views.talk, name="talk"),
    path("hablar/hilo/", views.thread, name="thread"),
    path("hablar/salir/", views.leave_now, name="leave_now"),
    path("huellas/", traces_views.traces, name="traces"),
    path("volver/", return_views.come_back, name="come_back"),
    path("hablar/constancia/", receipt_views.receipt, name="receipt"),
    path("hablar/constancia.txt", receipt_views.receipt_text, name="receipt_text"),
    path("hablar/constancia.json", receipt_views.receipt_json, name="receipt_json"),
    path("hablar/acordado/", safety_plan_views.agreed, name="agreed"),
    path("hablar/acordado/borrador/", safety_plan_views.agreed_draft, name="agreed_draft"),
    path("hablar/acordado.txt", safety_plan_views.agreed_text, name="agreed_text"),
]
