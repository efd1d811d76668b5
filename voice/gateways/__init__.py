"""Lines to a telephone system that does the telephony itself and hands over nothing but sound."""
