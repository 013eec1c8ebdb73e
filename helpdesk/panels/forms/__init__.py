"""Forms of the owner's pages. Every choice is offered from a queryset made inside the scope."""
