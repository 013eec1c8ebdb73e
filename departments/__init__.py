"""Desks: departments, who sits there, what they answer, and whose customers they are."""
