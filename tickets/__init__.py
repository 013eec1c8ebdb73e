"""The trade: tickets, what is said on them, who may see and do what."""
