"""Addresses of tickets (docs/architecture.md)."""

from django.urls import path

from .views import (
    acts,
    custody,
    desk,
    files,
    hands,
    many,
    opening,
    portal,
    queue,
    reading,
    short,
    transfers,
)

urlpatterns = [
    path("desk/tickets/", queue.desk_tickets, name="desk_tickets"),
    path("desk/tickets/new/", opening.desk_new, name="desk_new"),
    path("desk/tickets/new/internal/", opening.desk_new_internal, name="desk_new_internal"),
    path("desk/tickets/<int:number>/", desk.desk_ticket, name="desk_ticket"),
    path("desk/tickets/<int:number>/reply/", desk.desk_ticket_reply, name="desk_ticket_reply"),
    path("desk/tickets/<int:number>/note/", desk.desk_ticket_note, name="desk_ticket_note"),
    path("desk/tickets/<int:number>/take/", acts.desk_ticket_take, name="desk_ticket_take"),
    path("desk/tickets/<int:number>/assign/", hands.desk_ticket_assign, name="desk_ticket_assign"),
    path("desk/tickets/<int:number>/refer/", hands.desk_ticket_refer, name="desk_ticket_refer"),
    path("desk/tickets/<int:number>/transfer/", hands.desk_ticket_transfer, name="desk_ticket_transfer"),
    path("desk/tickets/<int:number>/move/", hands.desk_ticket_move, name="desk_ticket_move"),
    path("desk/tickets/<int:number>/watch/", hands.desk_ticket_watch, name="desk_ticket_watch"),
    path("desk/tickets/<int:number>/unwatch/", hands.desk_ticket_unwatch, name="desk_ticket_unwatch"),
    path("desk/tickets/assign/", many.desk_assign, name="desk_assign"),
    path("desk/transfers/", transfers.desk_transfers, name="desk_transfers"),
    path("desk/transfers/<int:pk>/accept/", transfers.desk_transfer_accept, name="desk_transfer_accept"),
    path("desk/transfers/<int:pk>/reject/", transfers.desk_transfer_reject, name="desk_transfer_reject"),
    path(
        "desk/transfers/<int:pk>/withdraw/", transfers.desk_transfer_withdraw, name="desk_transfer_withdraw"
    ),
    path("desk/tickets/<int:number>/status/", acts.desk_ticket_status, name="desk_ticket_status"),
    path("desk/tickets/<int:number>/priority/", acts.desk_ticket_priority, name="desk_ticket_priority"),
    path("desk/tickets/<int:number>/close/", acts.desk_ticket_close, name="desk_ticket_close"),
    path("desk/tickets/<int:number>/reopen/", acts.desk_ticket_reopen, name="desk_ticket_reopen"),
    path("desk/tickets/<int:number>/custody/", custody.desk_ticket_custody, name="desk_ticket_custody"),
    path("desk/tickets/<int:number>/delete/", acts.desk_ticket_delete, name="desk_ticket_delete"),
    path("desk/tickets/<int:number>/read/", reading.desk_ticket_read, name="desk_ticket_read"),
    path("portal/", portal.portal, name="portal"),
    path("portal/tickets/", portal.portal_tickets, name="portal_tickets"),
    path("portal/tickets/new/", opening.portal_new, name="portal_new"),
    path("portal/tickets/<int:number>/", portal.portal_ticket, name="portal_ticket"),
    path("portal/tickets/<int:number>/reply/", portal.portal_ticket_reply, name="portal_ticket_reply"),
    path("portal/tickets/<int:number>/close/", portal.portal_ticket_close, name="portal_ticket_close"),
    path("portal/tickets/<int:number>/reopen/", portal.portal_ticket_reopen, name="portal_ticket_reopen"),
    path("portal/tickets/<int:number>/read/", reading.portal_ticket_read, name="portal_ticket_read"),
    path("files/<uuid:public_id>/", files.file, name="file"),
    path("t/<str:code>/", short.short, name="short"),
]
