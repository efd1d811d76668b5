"""The pack's own wordings: `synonyms.yml` in its knowledge folder."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from core.errors import PackMistake

FILE: Final = "synonyms.yml"
_MEND: Final = "write a language (zh:, en:) and under it lines like - [modem, box, router]"


def read_synonyms(files: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The groups of wordings in `synonyms.yml`, `{language: [[wording, …], …]}`; none without that file.

    `files`: path below the knowledge folder → text, as `ingest` takes them. Raises `core.errors.PackMistake`.
    """
    if FILE not in files:
        return []
    try:
        loaded: Any = yaml.safe_load(files[FILE]) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PackMistake(FILE, mark.line + 1 if mark else 1, "this is not YAML", _MEND) from error
    groups: list[Any] = []
    for of_language in loaded.values() if isinstance(loaded, dict) else [None]:
        groups += of_language if isinstance(of_language, list) else [None]
    for group in groups:
        if not isinstance(group, list) or not all(
            isinstance(one, str | int) and str(one).strip() for one in group
        ):
            raise PackMistake(FILE, 1, "this is not a list of groups of wordings", _MEND)
    return [tuple(str(one) for one in group) for group in groups]
