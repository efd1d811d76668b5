"""The words that two or more packages share. No I/O; imports no other package of the project."""
