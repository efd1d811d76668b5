"""Opens and follows cases: types from the pack, numbers that survive dictation, the desk that changes
them.
"""
