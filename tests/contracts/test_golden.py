"""What was written once is read for ever: one golden row for each kind and version of event.

A golden file is never changed. A new version of a kind gets an upcaster and a file of its own (`kind.version.json`).
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import codec, events
from core import conversation as fold
from tests.contracts.worlds import Store, World, decided, said, started

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


def sample(kind: msgspec.inspect.Type, name: str = "") -> Any:
    """A telling value of a type."""
    inspect = msgspec.inspect
    if isinstance(kind, inspect.UnionType):
        return sample(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), name)
    if isinstance(kind, inspect.VarTupleType):
        return [sample(kind.item_type, name)]
    if isinstance(kind, inspect.DictType):
        return {name: sample(kind.value_type, name)}
    if isinstance(kind, inspect.StructType):
        return {field.name: sample(field.type, field.name) for field in kind.fields}
    plain = {inspect.BoolType: True, inspect.IntType: 7, inspect.FloatType: 0.25, inspect.AnyType: ["宽带", 1, None]}
    return plain.get(type(kind), f"{name} 您好")


def golden(kind: type[events.Event]) -> dict[str, Any]:
    """The file of a kind as it is now."""
    event = msgspec.convert(sample(msgspec.inspect.type_info(kind)), kind)
    row = codec.encode(event, bytes(16))
    return {
        "kind": row.kind,
        "version": row.version,
        "body": json.loads(row.body),
        "private": None if row.private is None else json.loads(row.private),
        "reads_as": {name: msgspec.to_builtins(getattr(event, name)) for name in event.__struct_fields__},
    }


@pytest.mark.parametrize("kind", sorted(events.KINDS))
def test_every_kind_has_a_golden_file_of_every_version(kind: str) -> None:
    for version in range(1, events.KINDS[kind].VERSION + 1):
        file = GOLDEN / f"{kind}.{version}.json"
        assert file.exists(), f"Write {file.name}:\n{json.dumps(golden(events.KINDS[kind]), ensure_ascii=False, indent=1)}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_row_is_read_as_it_was_meant(file: Path) -> None:
    row = json.loads(file.read_text(encoding="utf-8"))
    private = None if row["private"] is None else json.dumps(row["private"])
    event = codec.decode(row["kind"], row["version"], json.dumps(row["body"]), private)
    assert type(event) is events.KINDS[row["kind"]]
    read = json.loads(msgspec.json.encode({name: getattr(event, name) for name in event.__struct_fields__}))
    assert {name: read[name] for name in row["reads_as"]} == row["reads_as"]
    assert codec.decode(row["kind"], row["version"], json.dumps(row["body"]), None) is not None


@pytest.mark.asyncio
async def test_a_kind_from_the_future_is_kept_and_does_no_harm(world: World) -> None:
    store: Store = await world.open()
    await store.append(started(), said("before"))
    await world.plant("dreamt", '{"of": "sheep"}', '{"how": "loudly"}')
    await store.stop()
    store = await world.open("two")
    (result,) = await store.append(decided(expected=3))
    assert result.first == 4
    stream = await store.read("conversation:c")
    assert stream[2].event == events.Unknown(kind="dreamt", body={"of": "sheep", "how": "loudly"})
    assert [r.event for _, r in await store.read_all(2, 1)] == [stream[2].event]
    assert fold.fold(fold.empty("c"), stream).version == 4
    assert await store.rebuild() == 4
    assert await store.erase(["conversation:c"], events.THE_SYSTEM, 1) == 4
    assert (await store.read("conversation:c"))[2].event == events.Unknown(kind="dreamt", body={"of": "sheep"})
