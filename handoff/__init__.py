"""From the machine to a person: the waiting line, who gets whom, and what that person is told."""
