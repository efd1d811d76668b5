"""One message in, decisions out: the dialogue, its flows and its words. Imports only `core`."""
