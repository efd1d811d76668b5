"""Text in, text out: one file for each channel. A channel knows its clients' formats and nothing of
dialogue.
"""
