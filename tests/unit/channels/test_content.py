"""What a file is, by its bytes; what is not taken, and the sentence that says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.content import EXCEL, EXTENSIONS, WORD, Content, Refused, examine
from channels.pictures import Piece
from tests import samples


def kept(data: bytes, content: Content) -> bytes:
    """The bytes that would be stored."""
    return joined(data, content.pieces) if content.pieces else data


def joined(data: bytes, pieces: tuple[Piece, ...]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else data[piece[0] : piece[1]] for piece in pieces)


def refused(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        examine(data, name)
    assert refusal.value.status == 415
    assert refusal.value.message.endswith(".")
    return refusal.value.code


KINDS = [
    (samples.JPEG, "image/jpeg"), (samples.png(), "image/png"), (samples.GIF, "image/gif"), (samples.WEBP, "image/webp"),
    (samples.PDF, "application/pdf"), (samples.DOCX, WORD), (samples.XLSX, EXCEL), (samples.MP3, "audio/mpeg"),
    (b"ID3\3\0\0" + bytes(40), "audio/mpeg"), (samples.OGG, "audio/ogg"), (samples.WAV, "audio/wav"),
    ("光猫亮红灯".encode(), "text/plain"), ("光猫亮红灯".encode("gb18030"), "text/plain"),
    ("a red light".encode("utf-16"), "text/plain"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), KINDS, ids=[f"{kind}-{number}" for number, (_, kind) in enumerate(KINDS)])
def test_every_kind_is_known_by_its_bytes_and_named_for_it(data: bytes, kind: str) -> None:
    for ending in EXTENSIONS[kind]:
        assert examine(data, f"my file.{ending}") == Content(kind, f"my file.{ending}")
    assert examine(data, "without ending") == Content(kind, f"without ending.{EXTENSIONS[kind][0]}")
    others = {ending for other, endings in EXTENSIONS.items() if other.partition("/")[0] != kind.partition("/")[0] for ending in endings}
    for ending in others:
        assert refused(data, f"my file.{ending}") == "type_mismatch"
    for ending in ("exe", "html", "svg", "js", "apk", "zip"):
        assert refused(data, f"my file.{ending}") == "unsupported_type"


def test_a_picture_with_another_pictures_name_is_named_rightly() -> None:
    assert examine(samples.WEBP, "photo.jpg") == Content("image/webp", "photo.webp")


@pytest.mark.parametrize(
    "data",
    [
        samples.PROGRAM, b"\x7fELF" + bytes(60), samples.packed("a.txt"), samples.packed("word/document.xml"), b"PK\x03\x04",
        bytes(100), b"words \x1b[31m and more", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), b"\0\0\0\x18ftypheic" + bytes(60),
    ],
)  # fmt: skip
def test_other_kinds_are_not_taken(data: bytes) -> None:
    assert refused(data, "file") == "unsupported_type"


def test_nothing_at_all_is_not_taken() -> None:
    assert refused(b"", "empty.txt") == "empty_file"


def test_documents_with_macros_are_not_taken() -> None:
    macros = samples.packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    assert refused(macros, "bill.docx") == "unsupported_type"


def test_a_document_that_unpacks_to_too_much_is_refused_unopened() -> None:
    bomb = bytearray(samples.DOCX)
    entry = bomb.find(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = b"\xff\xff\xff\xff"
    assert refused(bytes(bomb), "bill.docx") == "damaged"


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (30_000, 1), (1, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_too_large_to_be_shown_is_refused_undecoded(width: int, height: int) -> None:
    assert refused(samples.png(width, height, drawn=False), "wall.png") == "image_too_large"


def test_a_picture_without_a_size_is_damaged() -> None:
    assert refused(samples.png(0, 0, drawn=False), "none.png") == "image_too_large"
    assert refused(b"\xff\xd8\xff\xd9", "none.jpg") == "image_too_large"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_loses_its_place_and_stays_upright(order: str) -> None:
    photo = samples.photo(order)
    assert photo.count(samples.PLACE) == 5
    clean = kept(photo, examine(photo, "IMG_0001.jpg"))
    assert samples.PLACE not in clean
    assert b"Exif\0\0MM\0*" in clean and b"\x01\x12\0\x03\0\0\0\x01\0\x06" in clean
    assert clean.endswith(b"\xff\xd9")
    picture = samples.JPEG[2:]
    assert clean.endswith(picture), "the picture itself is what it was"
    assert examine(clean, "IMG_0001.jpg").pieces, "the segment that says how it was held is written again"


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_a_photo_that_was_held_upright_has_no_exif_left(orientation: int) -> None:
    photo = samples.photo("<", orientation)
    assert kept(photo, examine(photo, "a.jpg")) == samples.JPEG


def test_a_png_and_a_webp_lose_their_notes() -> None:
    noted = samples.png(8, 8, samples.chunk(b"tEXt", b"Location\0" + samples.PLACE), samples.chunk(b"eXIf", samples.exif())) + samples.PLACE
    assert kept(noted, examine(noted, "a.png")) == samples.png(8, 8)
    extended = samples.webp_photo()
    clean = kept(extended, examine(extended, "a.webp"))
    assert samples.PLACE not in clean
    assert int.from_bytes(clean[4:8], "little") == len(clean) - 8
    assert clean[20] == 0, "the header no longer promises Exif and XMP"
    assert examine(clean, "a.webp").pieces == ()


@pytest.mark.parametrize("whole", [samples.photo(), samples.png(), samples.webp_photo(), samples.DOCX, samples.GIF, samples.WAV])
def test_a_file_cut_anywhere_is_taken_or_refused_and_never_breaks(whole: bytes) -> None:
    for end in range(1, len(whole)):
        try:
            content = examine(whole[:end], "x")
        except Refused:
            continue
        assert samples.PLACE not in kept(whole[:end], content)


@given(st.sampled_from([samples.photo(), samples.png(), samples.webp_photo(), samples.DOCX]), st.data())
def test_a_file_with_wrong_bytes_is_taken_or_refused_and_never_breaks(whole: bytes, data: st.DataObject) -> None:
    wrong = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        wrong[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        content = examine(bytes(wrong), "x")
    except Refused:
        return
    assert len(kept(bytes(wrong), content)) <= len(wrong) + 40


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    try:
        outcome = examine(data, "x").type
    except Refused as refusal:
        outcome = refusal.code
    assert outcome in {*EXTENSIONS, "unsupported_type", "damaged", "image_too_large", "empty_file"}
