"""Flows: their model, the conditions, the slots and the pure engine that walks them."""
