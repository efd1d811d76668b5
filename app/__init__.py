"""The composition root: wiring, settings, HTTP and socket routes, the worker and the command line."""
