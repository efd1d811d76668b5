"""A lexical sparse encoder for Chinese and English: no model, no server, the same numbers on every backend.

A text becomes terms: Han characters and pairs of neighbouring ones, Latin words by their Snowball stem,
neighbouring stems as pairs, and the beginnings of long stems (they join what the stemmer keeps apart:
"install", "installation").
A passage's weights are the term-frequency part of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance
Framework", 2009, eq. 3.15); a query's weights are the terms' IDF. Their inner product is the score.

Length is normalised by a fixed pivot instead of the corpus average: a passage's vector then depends on that
passage alone, so that publishing one page never makes the vectors of the others stale. On passages between a
third of the pivot and one and a half times it the ranking hardly notices.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec
import snowballstemmer  # type: ignore[import-untyped]

from core.language import HAN, normalise, to_simplified
from knowledge.model import Passage, SparseVector
from knowledge.stopwords import (
    CHINESE_CHARACTERS,
    CHINESE_PHRASES,
    COMMON_CHARACTERS,
    ENGLISH_WORDS,
)

ENCODER_VERSION: Final = "2"
"""Part of an index's fingerprint: an index that another encoder filled is rebuilt."""

MAX_QUERY_CHARACTERS: Final = 1_000
"""A longer query is read at its beginning and its end, where people put the question."""

_MAX_QUERY_TERMS: Final = 256
_MAX_REMEMBERED_WORDS: Final = 50_000

# Chosen on development questions; neighbours of these values differ by less than half a point of R@1.
_K1: Final = 1.0
_B: Final = 0.55
_PIVOT: Final = {"zh": 330.0, "en": 140.0}
_CHARACTER: Final = 0.4
_PAIR_OF_WORDS: Final = 0.3
_BEGINNING: Final = 0.3
_BEGINNING_LENGTH: Final = 5
_SYNONYM: Final = 0.6
_COMMON: Final = 0.3
_TITLE_TIMES: Final = 2.0
_HEADING_TIMES: Final = 2.0
_ASKED_TIMES: Final = 2.0

_PIECE: Final = re.compile(f"[{HAN}]+|(?:(?![{HAN}])[^\\W_])+(?:['’.,-](?:(?![{HAN}])[^\\W_])+)*")
_FIRST_HAN: Final = re.compile(f"[{HAN}]")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_AND_UNIT: Final = re.compile(r"(\d{2,})([a-z]+)")
_WORD_BREAK: Final = re.compile(r"[-.,]")
_QUESTION_PHRASE: Final = re.compile("|".join(sorted(CHINESE_PHRASES, key=len, reverse=True)))


_Group = list[tuple[str, list[int]]]


class Term(msgspec.Struct, frozen=True):
    """A feature of a text. `weight` (0–1) says how much its kind counts; `content`: it is a word a person
    wrote.

    `common`: made of characters of everyday speech, which counts for less in a query.
    """

    text: str
    weight: float
    content: bool
    common: bool = False


class LanguageStatistics(msgspec.Struct):
    """How many passages there are in a language, and in how many of them each term id occurs."""

    passages: int = 0
    frequencies: dict[int, int] = {}


class Statistics(msgspec.Struct):
    """Corpus statistics per language, the source of IDF. Exact at any moment: adding and removing are
    inverse."""

    languages: dict[str, LanguageStatistics] = {}

    def add(self, language: str, indices: Iterable[int]) -> None:
        """Counts one passage in."""
        one = self.languages.setdefault(language, LanguageStatistics())
        one.passages += 1
        for index in indices:
            one.frequencies[index] = one.frequencies.get(index, 0) + 1

    def remove(self, language: str, indices: Iterable[int]) -> None:
        """Counts one passage out that was counted in before."""
        one = self.languages[language]
        one.passages -= 1
        for index in indices:
            left = one.frequencies[index] - 1
            if left:
                one.frequencies[index] = left
            else:
                del one.frequencies[index]

    def frequency(self, index: int, language: str | None) -> tuple[int, int]:
        """`(passages with the term, passages)` in `language`, in all languages together for None."""
        if language is not None:
            one = self.languages.get(language)
            return (one.frequencies.get(index, 0), one.passages) if one else (0, 0)
        every = self.languages.values()
        return sum(one.frequencies.get(index, 0) for one in every), sum(one.passages for one in every)

    def idf(self, index: int, language: str | None) -> float:
        """ln(1 + (N − n + ½) / (n + ½)) ≥ 0, the Robertson–Spärck Jones weight kept positive."""
        found, passages = self.frequency(index, language)
        return math.log1p((passages - found + 0.5) / (found + 0.5))

    def rarest(self, language: str | None) -> float:
        """The IDF of a term that a single passage has; 0 without passages."""
        _, passages = self.frequency(-1, language)
        return math.log1p((passages - 0.5) / 1.5) if passages else 0.0


class Word(msgspec.Struct, frozen=True):
    """A content word of a query: the term ids that stand for it (its own first), its text, its information in
    nats."""

    indices: tuple[int, ...]
    text: str
    information: float

    def found_in(self, indices: frozenset[int]) -> float:
        """The information that a passage with these terms has: less where another wording stands for it."""
        if self.indices[0] in indices:
            return self.information
        return 0.0 if indices.isdisjoint(self.indices) else _SYNONYM * self.information


class Wording(msgspec.Struct, frozen=True):
    """One way to ask: the ids of its content words, and their information in nats."""

    indices: frozenset[int]
    information: float


class EncodedQuery(msgspec.Struct, frozen=True):
    """A query as a vector, with what explains a hit.

    `language` is the one whose statistics were used; None: all.
    """

    vector: SparseVector
    content: tuple[Word, ...]
    language: str | None

    @property
    def information(self) -> float:
        """The information of the content words, in nats."""
        return sum(word.information for word in self.content)

    def likeness(self, asked: Iterable[Iterable[Wording]]) -> list[float]:
        """For the wordings of each passage, how near the nearest is, 0–1; 0 where there are none.

        Twice the shared information by the sum of both (Dice, 1945).
        """
        own = self.information
        # Most wordings share nothing, and few words of the others count: sets find them without a look at each.
        worth: dict[int, list[int]] = {}
        for place, word in enumerate(self.content):
            for index in word.indices:
                worth.setdefault(index, []).append(place)
        nearest = []
        for wordings in asked:
            best = 0.0
            for wording in wordings:
                common = wording.indices & worth.keys()
                if common:
                    places = {place for index in common for place in worth[index]}
                    shared = sum(self.content[place].found_in(wording.indices) for place in places)
                    best = max(best, 2 * shared / (own + wording.information))
            nearest.append(min(best, 1.0))
        return nearest


class Encoder:
    """Texts to sparse vectors. Holds only memories of words that it has seen, bounded; not for several
    threads."""

    def __init__(self, synonyms: Sequence[Sequence[str]] = ()) -> None:
        """`synonyms`: groups of wordings of one thing. A query with one of a group also finds the others, for
        less."""
        self._stemmer = snowballstemmer.stemmer("english")
        self._stems: dict[str, str] = {}
        self._indices: dict[str, int] = {}
        self._groups = [self._group(wordings) for wordings in synonyms]
        # Which groups have a wording that begins so: most of hundreds are out of the question at a glance.
        self._openings: dict[str, set[int]] = {}
        for number, group in enumerate(self._groups):
            for wording, _ in group:
                self._openings.setdefault(wording[:2], set()).add(number)

    def terms(self, text: str) -> list[Term]:
        """The terms of `text` in order, repeated as they are repeated in it."""
        return self._terms(to_simplified(normalise(text)))

    def index(self, term: str) -> int:
        """The term's id: 32 bits of BLAKE2b, the same on every machine and in every version.

        Two terms may share an id: about one pair in a vocabulary of 100,000. They are then one term, their
        counts added, in passages, queries and statistics alike; nothing breaks, the two merely find each
        other's passages.
        """
        known = self._indices.get(term)
        if known is None:
            if len(self._indices) >= _MAX_REMEMBERED_WORDS:
                self._indices.clear()
            known = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=4).digest(), "big")
            self._indices[term] = known
        return known

    def passage(self, passage: Passage) -> SparseVector:
        """The vector of a passage with its title, its headings and how it is asked for.

        Words of title and headings count twice each, as if they stood in the text; so does every word of the
        other wordings, but only once for all of them.
        """
        counts: dict[int, float] = {}
        weights: dict[int, float] = {}
        length = 0.0
        for text, times in self._parts(passage):
            for term in self.terms(text):
                index = self.index(term.text)
                counts[index] = counts.get(index, 0.0) + times
                weights[index] = max(weights.get(index, 0.0), term.weight)
                length += times
        # However many wordings have a term, it is one way to ask; and a well worded page is no longer page.
        for term in {term for wording in passage.asked for term in self.terms(wording)}:
            index = self.index(term.text)
            counts[index] = counts.get(index, 0.0) + _ASKED_TIMES
            weights[index] = max(weights.get(index, 0.0), term.weight)
        pivot = _PIVOT.get(passage.language, _PIVOT["en"])
        damping = _K1 * (1 - _B + _B * length / pivot)
        indices = sorted(counts)
        values = (weights[i] * counts[i] * (_K1 + 1) / (counts[i] + damping) for i in indices)
        return SparseVector(tuple(indices), tuple(values))

    def query(self, text: str, language: str | None, statistics: Statistics) -> EncodedQuery:
        """The vector of a query: the IDF of its terms. Any text is accepted; what says nothing gives an empty
        vector."""
        folded = to_simplified(normalise(_bounded(text)))
        weights: dict[int, float] = {}
        content: dict[int, tuple[str, float]] = {}
        for index, term, information in self._asked(folded, language, statistics):
            if term.content:
                content[index] = (term.text, term.weight * information)
            if index not in weights and statistics.frequency(index, language)[0]:
                weights[index] = information
        alternatives = self._wider(folded)
        wider: dict[int, float] = {}
        for said, others in alternatives.items():
            # A wording that stands for a common one tells no more than that, however rare it is.
            most = statistics.idf(said, language)
            for index in others:
                if index not in weights and statistics.frequency(index, language)[0]:
                    told = _SYNONYM * min(most, statistics.idf(index, language))
                    wider[index] = max(wider.get(index, 0.0), told)
        weights |= wider
        indices = tuple(sorted(weights))
        vector = SparseVector(indices, tuple(weights[i] for i in indices))
        words = (
            Word((i, *alternatives.get(i, ())), text, information)
            for i, (text, information) in content.items()
        )
        return EncodedQuery(vector, tuple(words), language)

    def alternatives(self, text: str) -> dict[int, set[int]]:
        """For the terms of each known wording that `text` has, the terms of all wordings of the same thing."""
        return self._wider(to_simplified(normalise(_bounded(text))))

    def wordings(self, passage: Passage, language: str | None, statistics: Statistics) -> tuple[Wording, ...]:
        """The ways in which a passage is asked for: its `asked`, and its own heading."""
        found: list[Wording] = []
        for text in (*passage.asked, *passage.path[-1:]):
            asked = self._asked(to_simplified(normalise(text)), language, statistics)
            content = {index: term.weight * known for index, term, known in asked if term.content}
            found.append(Wording(frozenset(content), sum(content.values())))
        return tuple(found)

    def _asked(
        self, folded: str, language: str | None, statistics: Statistics
    ) -> Iterator[tuple[int, Term, float]]:
        for term in _ends(self._terms(_QUESTION_PHRASE.sub(" ", folded))):
            index = self.index(term.text)
            yield index, term, statistics.idf(index, language) * (_COMMON if term.common else 1.0)

    def _parts(self, passage: Passage) -> list[tuple[str, float]]:
        parts = [(passage.text, 1.0), (passage.title, _TITLE_TIMES)]
        return parts + [(heading, _HEADING_TIMES) for heading in passage.path]

    def _terms(self, folded: str) -> list[Term]:
        terms: list[Term] = []
        before = ""
        for piece in _PIECE.findall(folded):
            if _FIRST_HAN.match(piece):
                terms += _han_terms(piece)
                before = ""
            else:
                for word in _words(piece):
                    if word not in ENGLISH_WORDS:
                        stem = self._stem(word)
                        terms += _latin_terms(stem, before)
                        before = stem
        return terms

    def _stem(self, word: str) -> str:
        known = self._stems.get(word)
        if known is None:
            if len(self._stems) >= _MAX_REMEMBERED_WORDS:
                self._stems.clear()
            known = self._stems[word] = str(self._stemmer.stemWord(word))
        return known

    def _group(self, wordings: Sequence[str]) -> _Group:
        folded = [to_simplified(normalise(wording)) for wording in wordings]
        return [(self._spoken(one), [self.index(term.text) for term in self._terms(one)]) for one in folded]

    def _spoken(self, folded: str) -> str:
        # Latin words by their stems between spaces, Han characters as they are: what one wording is searched
        # in.
        pieces = _PIECE.findall(folded)
        return "".join(
            piece if _FIRST_HAN.match(piece) else f" {' '.join(map(self._stem, _words(piece)))} "
            for piece in pieces
        ).replace("  ", " ")

    def _wider(self, folded: str) -> dict[int, set[int]]:
        """For the terms of each wording that the query has, the terms of the other wordings."""
        if not self._groups:
            return {}
        spoken = self._spoken(folded)
        found: dict[int, set[int]] = {}
        beginnings = {spoken[i : i + length] for i in range(len(spoken)) for length in (1, 2)}
        possible = {number for opening in beginnings & self._openings.keys() for number in self._openings[opening]}
        for group in (self._groups[number] for number in sorted(possible)):
            said = [indices for wording, indices in group if wording in spoken]
            every = {index for _, indices in group for index in indices} if said else set()
            for indices in said:
                for index in indices:
                    found.setdefault(index, set()).update(every)
        return found


def _han_terms(run: str) -> list[Term]:
    characters = [
        Term(one, _CHARACTER, True, one in COMMON_CHARACTERS) for one in run if one not in CHINESE_CHARACTERS
    ]
    pairs = (
        Term(one + other, 1.0, True, one in COMMON_CHARACTERS and other in COMMON_CHARACTERS)
        for one, other in pairwise(run)
        if one not in CHINESE_CHARACTERS and other not in CHINESE_CHARACTERS
    )
    return [*characters, *pairs]


def _latin_terms(stem: str, before: str) -> list[Term]:
    terms = [Term(stem, 1.0, True)]
    if before:
        terms.append(Term(f"{before} {stem}", _PAIR_OF_WORDS, False))
    if len(stem) > _BEGINNING_LENGTH:
        terms.append(Term(f"{stem[:_BEGINNING_LENGTH]}*", _BEGINNING, False))
    return terms


def _words(piece: str) -> list[str]:
    # "1,200" is one number; "wi-fi" and "e-mail" are found as "wifi" and "email"; "24-hour" is two words.
    if _NUMBER.fullmatch(piece):
        return [piece.replace(",", "")]
    piece = re.sub(r"['’](?:s|t|ll|re|ve|d|m)\b", "", piece)
    parts = [part for part in _WORD_BREAK.split(re.sub("['’]", "", piece)) if part]
    if len(parts) == 2 and len(parts[0]) <= 2 and "-" in piece and piece.replace("-", "").isalpha():
        return ["".join(parts)]
    words: list[str] = []
    for part in parts:
        unit = _NUMBER_AND_UNIT.fullmatch(part)
        words += unit.groups() if unit else [part]
    return words


def _ends(terms: list[Term]) -> list[Term]:
    half = _MAX_QUERY_TERMS // 2
    return terms if len(terms) <= 2 * half else terms[:half] + terms[-half:]


def _bounded(text: str) -> str:
    if len(text) <= MAX_QUERY_CHARACTERS:
        return text
    half = MAX_QUERY_CHARACTERS // 2
    return f"{text[:half]} {text[-half:]}"
