"""Addresses of the demo; helpdesk.urls includes them only with DEMO=1."""

from django.urls import path

from . import views

urlpatterns = [
    path("inbox/", views.inbox, name="demo_inbox"),
    path("inbox/<int:pk>/", views.letter_html, name="demo_letter"),
]
