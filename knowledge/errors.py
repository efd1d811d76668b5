"""What can be wrong with an index."""

from core.errors import ConfigurationError, SwitchboardError


class IndexDamaged(SwitchboardError):
    """The index's files cannot be read. It is derived data: rebuilding it loses nothing."""

    code = "index_damaged"
    status = 503


class IndexInUse(ConfigurationError):
    """Another process owns the index's folder."""

    code = "index_in_use"
