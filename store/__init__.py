"""SQL and Redis, and nowhere else. Implements what `core` and the features ask to be stored."""
