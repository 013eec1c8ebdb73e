"""The demo: invented people and tickets, and the inbox of what would have been sent. Alive only with DEMO=1."""
