"""What an OpenAPI document (3.0 or 3.1, https://spec.openapis.org/oas/v3.1.0) says about calling its operations."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import yaml

from core.errors import ConfigurationError

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
PATH, QUERY, HEADER = "path", "query", "header"

_LONGEST_CHAIN: Final = 20


class Operation(msgspec.Struct, frozen=True):
    """`places`: parameter → path, query or header; all other arguments go into the JSON body where `body` holds."""

    id: str
    method: str
    path: str
    places: dict[str, str] = {}
    required: frozenset[str] = frozenset()
    body: bool = False


def operations(text: str, name: str) -> dict[str, Operation]:
    """Reads a document in JSON or YAML; `name` is told in errors. Raises ConfigurationError."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name} is neither JSON nor YAML ({type(error).__name__}).") from None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ConfigurationError(f"{name} is no OpenAPI document: it has no `paths`.")
    found: dict[str, Operation] = {}
    for path, item in document["paths"].items():
        if not isinstance(item, dict):
            continue
        shared = _list(item.get("parameters"))
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict) and isinstance(operation.get("operationId"), str):
                made = _operation(document, str(path), method, operation, shared)
                found[made.id] = made
    return found


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], shared: list[Any]
) -> Operation:
    places: dict[str, str] = {}
    required: set[str] = set()
    for item in (*shared, *_list(operation.get("parameters"))):
        parameter = _resolved(document, item)
        name, place = parameter.get("name"), parameter.get("in")
        if isinstance(name, str) and place in (PATH, QUERY, HEADER):
            places[name] = place
            if parameter.get("required") is True:
                required.add(name)
    body = _resolved(document, operation.get("requestBody"))
    return Operation(
        operation["operationId"], method.upper(), path, places, frozenset(required), bool(body.get("content"))
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _resolved(document: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """Follows `$ref`s inside the document; what leads nowhere is empty."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(value, dict):
            return {}
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return value
        if not reference.startswith("#/"):
            return {}
        value = document
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            value = value.get(part) if isinstance(value, dict) else None
    return {}
