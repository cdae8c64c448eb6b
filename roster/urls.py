"""The addresses under /equipo/ and /voluntariado/; of sign-in, second factor and password by allauth's own names."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.urls import include, path, re_path

from roster import application_views, key_views, shift_views, views, volunteering_views

urlpatterns = [
    path("voluntariado/", volunteering_views.volunteering, name="volunteering"),
    path("voluntariado/recibida/", volunteering_views.received, name="application_received"),
    path("voluntariado/postulacion/<str:token>/", volunteering_views.own_application, name="own_application"),
    path("equipo/postulaciones/", application_views.applications_page, name="applications"),
    path("equipo/postulaciones/<uuid:application_id>/", application_views.application_page, name="application"),
    path("equipo/entrar/", account.login, name="account_login"),
    path("equipo/salir/", account.logout, name="account_logout"),
    path("equipo/salir/en-todas-partes/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("equipo/inactiva/", account.account_inactive, name="account_inactive"),
    path("equipo/confirmar/", account.reauthenticate, name="account_reauthenticate"),
    path("equipo/contrasena/", account.password_change, name="account_change_password"),
    path("equipo/contrasena/olvidada/", account.password_reset, name="account_reset_password"),
    path("equipo/contrasena/enviada/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^equipo/contrasena/nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("equipo/contrasena/lista/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("equipo/segundo-factor/elegir/", views.choose_second_factor, name="choose_second_factor"),
    path("equipo/segundo-factor/", include("allauth.mfa.urls")),
    path("equipo/entrar/segundo-factor/", mfa.authenticate, name="mfa_authenticate"),  # the later of two is reversed
    path("equipo/llavero/", key_views.keys, name="keys"),
    path("equipo/llavero/abrir/", key_views.open_keys, name="open_keys"),
    path("equipo/llavero/codigo/", key_views.recovery_code, name="recovery_code"),
    path("equipo/turnos/", shift_views.page, name="shifts"),
    path("equipo/turnos/tomar/", shift_views.take, name="take_shift"),
    path("equipo/turnos/<int:shift_id>/devolver/", shift_views.give_back, name="give_back_shift"),
    path("equipo/turnos/<int:shift_id>/ofrecer/", shift_views.open_swap, name="open_swap"),
    path("equipo/turnos/<int:shift_id>/conservar/", shift_views.close_swap, name="close_swap"),
    path("equipo/turnos/<int:shift_id>/recibir/", shift_views.take_swap, name="take_swap"),
    path("equipo/turnos/emergencias/", shift_views.above_limit, name="above_limit"),
    path("equipo/turnos/calendario/", shift_views.renew_calendar, name="renew_calendar"),
    path("equipo/turnos/calendario/quitar/", shift_views.stop_calendar, name="stop_calendar"),
    path("equipo/calendario/<str:token>.ics", shift_views.calendar, name="calendar"),
    path("equipo/invitacion/<str:token>/", views.invitation, name="invitation"),
    path("admin/login/", views.admin_door),
    path("admin/logout/", account.logout),
    path("admin/password_change/", account.password_change),
    # Names that allauth reverses and this line does not offer.
    path("equipo/registro/", views.no_such_page, name="account_signup"),
    path("equipo/correo/", views.no_such_page, name="account_email"),
    path("equipo/contrasena/poner/", views.no_such_page, name="account_set_password"),
    path("equipo/correo/enviado/", views.no_such_page, name="account_email_verification_sent"),
]
