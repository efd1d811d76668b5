"""Actions on other systems, one file for each kind of interface."""
