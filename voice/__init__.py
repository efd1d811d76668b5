"""A channel made of sound: calls over SIP and voice gateways."""
