"""The addresses as they are with DEMO=1."""

from django.urls import include, path

from helpdesk.urls import urlpatterns as usual

urlpatterns = [*usual, path("demo/", include("helpdesk.demo.urls"))]
handler404 = "web.views.handler404"
handler500 = "web.views.handler500"
