"""Hypothesis strategies for events: any value of any kind, and conversations that begin as they do in life."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from core import events as e

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["宽带断了", "Bonjour 👋🏽", "it's \"quoted\" \\ %s", "𠮷野家"]
)
NUMBERS = st.integers(0, 2**31 - 1)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
ACTORS = st.builds(e.Actor, st.sampled_from([e.MACHINE, e.AGENT, e.CUSTOMER, e.SYSTEM]), WORDS)


def _values(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    inspect = msgspec.inspect
    if isinstance(kind, inspect.UnionType):
        return st.one_of(*map(_values, kind.types))
    if isinstance(kind, inspect.VarTupleType):
        return st.lists(_values(kind.item_type), max_size=2).map(tuple)
    if isinstance(kind, inspect.DictType):
        return st.dictionaries(WORDS, _values(kind.value_type), max_size=2)
    if isinstance(kind, inspect.StructType):
        return structs(kind.cls)
    plain: dict[type, st.SearchStrategy[Any]] = {
        inspect.NoneType: st.none(),
        inspect.BoolType: st.booleans(),
        inspect.IntType: NUMBERS,
        inspect.FloatType: st.floats(0, 1),
        inspect.StrType: WORDS,
        inspect.AnyType: ANYTHING,
    }
    return plain[type(kind)]


def structs(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a struct."""
    kind = msgspec.inspect.type_info(cls)
    assert isinstance(kind, msgspec.inspect.StructType)
    return st.builds(cls, **{field.name: _values(field.type) for field in kind.fields})


EVENTS = st.sampled_from(sorted(e.KINDS)).flatmap(lambda kind: structs(e.KINDS[kind]))


def recorded(stream: str, events: list[e.Event], at: list[int]) -> list[e.Recorded]:
    """Events in their places."""
    return [
        e.Recorded(stream, seq, moment, e.THE_SYSTEM, event)
        for seq, (event, moment) in enumerate(zip(events, at, strict=True), 1)
    ]


@st.composite
def conversations(draw: st.DrawFn, most: int = 25) -> list[e.Recorded]:
    """A stream: `Started`, then anything at all."""
    events = [draw(structs(e.Started)), *draw(st.lists(EVENTS, max_size=most))]
    return recorded("conversation:c", events, [draw(NUMBERS) for _ in events])
