"""The platform operator's work: making tenants."""
