"""SIP, a protocol without I/O (`agent` and what is below it) and thin sockets around it (`endpoint`)."""
