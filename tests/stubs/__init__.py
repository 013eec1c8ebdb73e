"""The outermost channels, as servers of our own: an SMS provider over HTTP and mail servers over SMTP."""
