"""Every address of the product. Panels by role: /manage/ (owner), /desk/ (staff), /portal/ (customers)."""

from django.conf import settings
from django.urls import include, path

from accounts.gates import signed_in
from notifications import views as bells

urlpatterns = [
    path("", include("helpdesk.panels.urls")),
    path("", include("accounts.urls")),
    path("bell/", signed_in(bells.bell), name="bell"),
    path("bell/read/", signed_in(bells.bell_read), name="bell_read"),
    path("", include("tickets.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("helpdesk.demo.urls")))

handler400 = "web.views.handler400"
handler403 = "web.views.handler403"
handler404 = "web.views.handler404"
handler500 = "web.views.handler500"
