"""Every closed conversation is scored, by rules that can be read and with evidence that can be looked up."""
