"""Addresses of the people's floor."""

from django.urls import path

from .views import contact, entry, factor, guard, me

urlpatterns = [
    path("login/", entry.login, name="login"),
    path("login/code/", entry.login_code, name="login_code"),
    path("login/factor/", factor.login_factor, name="login_factor"),
    path("captcha.png", guard.picture, name="captcha"),
    path("logout/", entry.logout, name="logout"),
    path("welcome/", entry.welcome, name="welcome"),
    path("me/", me.profile, name="profile"),
    path("me/contact/", contact.own_contact, name="contact"),
    path("me/contact/<uuid:public_id>/", contact.contact_proof, name="contact_proof"),
    path("me/password/", me.password, name="password"),
    path("me/factor/", factor.own_factor, name="factor"),
    path("me/sessions/", me.devices, name="sessions"),
    path("me/logins/", me.logins, name="logins"),
    path("me/theme/", me.theme, name="theme"),
]
