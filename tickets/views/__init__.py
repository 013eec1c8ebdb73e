"""Pages and acts of tickets: the desk (staff), the portal (customers), files and short addresses."""
