"""Addresses of the people's floor."""

from django.urls import path

from .views import entry, me

urlpatterns = [
    path("login/", entry.login, name="login"),
    path("login/code/", entry.login_code, name="login_code"),
    path("logout/", entry.logout, name="logout"),
    path("welcome/", entry.welcome, name="welcome"),
    path("me/", me.profile, name="profile"),
    path("me/password/", me.password, name="password"),
    path("me/sessions/", me.devices, name="sessions"),
    path("me/theme/", me.theme, name="theme"),
]
