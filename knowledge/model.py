"""The values of this package: what is published, what is found, what is answered."""

import msgspec


class Document(msgspec.Struct, frozen=True):
    """One published version of one page.

    `slug` names the topic, the same in every language; `(slug, language)` has at most one live version.
    `version` is the author's own word for it ("2026-09"); `hash` covers the content and changes with it.
    `updated` is an ISO 8601 date. `source` says where it came from ("pack"): who put it may take it away.
    """

    id: str
    slug: str
    title: str
    language: str
    version: str
    audience: str
    hash: str
    updated: str
    source: str


class Passage(msgspec.Struct, frozen=True):
    """One section of a document: what is indexed, found and quoted.

    `id` is a UUID made from the content: the same id is always the same text. `document` is `Document.id`.
    `path` holds the headings above the text, outermost first. `text` is Markdown as the author wrote it.
    `ordinal` counts from 0 within the document. `asked` holds other wordings of the question that the text
    answers: they are searched and never shown.
    """

    id: str
    document: str
    slug: str
    title: str
    version: str
    language: str
    path: tuple[str, ...]
    text: str
    ordinal: int
    audience: str
    asked: tuple[str, ...] = ()


class SparseVector(msgspec.Struct, frozen=True):
    """Term ids (32 bits, ascending, each once) and their weights, of the same length."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


class Entry(msgspec.Struct, frozen=True):
    """What an index keeps of a passage."""

    id: str
    language: str
    audience: str
    vector: SparseVector


class Filter(msgspec.Struct, frozen=True):
    """Which passages may be found. `language` None: every language. No audience: nothing."""

    language: str | None
    audiences: tuple[str, ...]


class MatchedTerm(msgspec.Struct, frozen=True):
    """A word of the query that the passage has, with its share (0–1) of the query's information."""

    text: str
    weight: float


class Hit(msgspec.Struct, frozen=True):
    """A passage that was found, with the reasons.

    `score` ≥ 0 is comparable within one search only; neighbouring sections of the same page add
    to it. `coverage` (0–1) is the share of the query's information (IDF-weighted content words) that the
    passage has; `evidence` ≥ 0 is the passage's own score in units of the rarest word's IDF ("two rare words'
    worth"): both are comparable between searches.
    `likeness` (0–1) is how near the question is to the nearest wording that the passage is asked for with.
    """

    passage: Passage
    score: float
    terms: tuple[MatchedTerm, ...]
    coverage: float
    evidence: float
    likeness: float = 0.0


class Citation(msgspec.Struct, frozen=True):
    """The source of an answer. `document` is the slug; `quote` stands in the passage word for word."""

    document: str
    title: str
    version: str
    quote: str
    passage: str


class Answer(msgspec.Struct, frozen=True):
    """What may be said, with its proof. `text` is plain text for a chat bubble; `confidence` is 0–1."""

    text: str
    quote: str
    citations: tuple[Citation, ...]
    confidence: float


class Missed(msgspec.Struct, frozen=True):
    """Nothing is supported well enough: the best support found (0–1) and the least that is asked for."""

    best_score: float
    threshold: float
