"""Log lines: JSON on standard error, with personal data masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.pii import mask

_UNTOUCHED = frozenset({"timestamp", "level", "event", "logger", "stream", "conversation", "seqs"})


def masked(logger: Any, name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: what could hold a customer's words or numbers leaves masked."""
    for key, value in entry.items():
        if key not in _UNTOUCHED and isinstance(value, str):
            entry[key] = mask(value)
    return entry


def configure(level: str) -> None:
    """Sets up structlog and the standard library's logging the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[Any] = [structlog.processors.format_exc_info, masked, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in ("alembic", "uvicorn.error"):  # uvicorn tells every socket's opening and closing
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger("httpx").setLevel("WARNING")
