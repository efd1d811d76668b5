"""Speaking: what is said aloud, in which pieces, and by which voice."""
