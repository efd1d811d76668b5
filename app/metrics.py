"""Counters and histograms for `/metrics` (Prometheus). Seconds, unless the name says otherwise."""

from prometheus_client import Counter, Gauge, Histogram

_FINE = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

MESSAGES = Counter("switchboard_messages_total", "Messages of customers acknowledged", ["channel"])
TURNS = Counter("switchboard_turns_total", "Turns of the bot committed")
TURNS_FAILED = Counter("switchboard_turns_failed_total", "Turns given up with an apology and a person")
UNDERSTANDING = Histogram("switchboard_decide_seconds", "Understanding, search and flow of one turn", buckets=_FINE)
ACKNOWLEDGED = Histogram("switchboard_ack_seconds", "From a message's arrival to its acknowledgement", buckets=_FINE)
ANSWERED = Histogram("switchboard_answer_seconds", "From a message's acknowledgement to the turn's commit", buckets=_FINE)
REFUSED = Counter("switchboard_refused_total", "Frames and requests refused", ["code"])
SOCKETS = Gauge("switchboard_sockets", "Open sockets", ["kind"])
HANDOFFS = Counter("switchboard_handoffs_total", "Conversations that asked for a person", ["reason"])
SCORED = Counter("switchboard_scored_total", "Scorecards written")
JOBS_DEAD = Counter("switchboard_jobs_dead_total", "Jobs out of retries", ["reaction"])
SUGGESTIONS = Counter(
    "switchboard_suggestions_total", "Suggestions to agents: made, stopped, used, edited, dismissed", ["kind", "outcome"]
)
SUGGESTED = Histogram("switchboard_suggested_seconds", "From a customer's message to the suggestions' commit", buckets=_FINE)
DRAFTS_WARNED = Counter("switchboard_draft_warnings_total", "Warnings on agents' drafts", ["warning"])
