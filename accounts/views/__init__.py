"""Pages of the people's floor: ``entry`` (coming in and out) and ``me`` (one's own account)."""
