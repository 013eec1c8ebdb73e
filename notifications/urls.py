"""Addresses of the bell."""

from django.urls import path

from . import views

urlpatterns = [
    path("bell/", views.bell, name="bell"),
    path("bell/read/", views.bell_read, name="bell_read"),
]
