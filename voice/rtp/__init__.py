"""Sound over UDP: RTP packets, keys, jitter, ports and the session of one call."""
