"""Businesses that the service can be run for; each folder is one, and holds data; the demonstration has a back office beside."""
