"""What a customer means: intents, entities, confidence.

`train` learns from a pack's examples and is the only module that imports scikit-learn; `native` serves what
was learnt from a flat file with NumPy alone. Both read a message through the same `features`.
"""
