"""What goes wrong when text is to be spoken."""

from core.errors import SwitchboardError


class SynthesisFailed(SwitchboardError):
    """A voice did not speak, or stopped in the middle.

    Codes: "speech_unavailable" (cannot be reached or started), "speech_timeout" (nothing came for too long),
    "speech_refused" (the key or the request is not taken), "speech_busy" (a limit over there), "speech_unreadable"
    (what came is no sound), "speech_stopped" (died in the middle), "speech_failed" (all else).
    """

    code = "speech_failed"
    status = 502
