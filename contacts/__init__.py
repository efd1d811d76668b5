"""One person: who they prove to be, and how they are forgotten."""
