"""Small files of every kind that is taken, and of some that are not; made here, so that their inside is known."""

import base64
import io
import struct
import zipfile
import zlib

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7"
    "gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
    "fHx8fHx8fHz/wAARCAAgADADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF"
    "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
    "4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC"
    "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
    "Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
    "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDNooor3TzQqeoKnrysx+z8/wBD18s+38v1CiiivKPWIKKKK+qPkgqeoKnrysx+z8/0PXyz"
    "7fy/UKKKK8o9Y//Z"
)
"""48 × 32, baseline."""
WEBP = base64.b64decode(
    "UklGRlYAAABXRUJQVlA4IEoAAAAQBACdASowACAAPu1orVAppaQisBVYATAdiUAYBKAGgA/FUAUz0xtcAAD+54v9Um6sWvsSHidb"
    "thWJ1oZ68/55ooZIun/eVMAAAA=="
)
"""48 × 32, one VP8 chunk."""
GIF = b"GIF89a" + struct.pack("<HH", 1, 1) + base64.b64decode("gAAAAAAA////IfkEAAAAAAAsAAAAAAEAAQAAAgJEAQA7")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OGG = b"OggS\0\x02" + bytes(50)
WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(24)
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
PROGRAM = b"MZ\x90\0\x03\0\0\0" + bytes(120)
PLACE = b"31.2304N121.4737E"
"""Stands for the place where a photo was taken."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 48, height: int = 32, *extra: bytes, drawn: bool = True) -> bytes:
    """A picture of one colour; `extra` chunks stand before the data. Not `drawn`: only a header says how large it is."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x14\x5a\xdc" * width) * height) if drawn else b""
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    """A segment of JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def exif(order: str = "<", orientation: int = 6) -> bytes:
    """An Exif block that says how the camera was held and where."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(order + "HHII", 0x8825, 4, 1, 38)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0) + PLACE


def photo(order: str = "<", orientation: int = 6) -> bytes:
    """A JPEG as a phone writes it: Exif, XMP, IPTC, a comment, and a film behind its end."""
    notes = (
        segment(0xE1, exif(order, orientation))
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + PLACE + b"</x>")
        + segment(0xED, b"Photoshop 3.0\0" + PLACE)
        + segment(0xFE, PLACE)
    )
    return JPEG[:2] + notes + JPEG[2:] + b"....ftypmp42" + PLACE


def webp_photo() -> bytes:
    """The extended form, with Exif and XMP."""
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes([0x0C, 0, 0, 0]) + bytes([47, 0, 0, 31, 0, 0])
    notes = [(b"EXIF", exif()), (b"XMP ", b"<x>" + PLACE + b"</x>")]
    parts = [kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in notes]
    body = b"WEBP" + canvas + WEBP[12:] + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def packed(*names: str, content: bytes = b"<x/>") -> bytes:
    """A ZIP with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


DOCX = packed("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = packed("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
