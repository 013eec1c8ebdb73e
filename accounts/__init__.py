"""People: who they are, how they come in, and their sessions."""
