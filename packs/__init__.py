"""Businesses that the service can be run for; each folder is one, and holds data only."""
