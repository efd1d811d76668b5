"""The operator's back office for demonstrations: an outside system with data of its own, reached over HTTP alone."""
