"""Routes. One module for each resource; none decides anything that a feature could decide."""
