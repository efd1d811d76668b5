"""Files in the chat: sent by customers and agents, seen by who may see them, and by nobody else; swept and forgotten."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import commands, storage
from app.settings import load
from core import events as e
from tests import samples
from tests.stories.conftest import Build
from tests.stories.people import Agent, Customer, Frame
from tests.stories.talk import BOTH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def upload(who: Customer | Agent, data: bytes, name: str, path: str = "/files") -> Any:
    return await who.http("POST", path, files={"file": (name, data, "application/octet-stream")})


async def uploaded(who: Customer | Agent, data: bytes, name: str, path: str = "/files") -> Frame:
    answer = await upload(who, data, name, path)
    assert answer.status_code == 201, answer.text
    made: Frame = answer.json()
    return made


async def send(customer: Customer, *files: str, text: str = "", id: str = "f1") -> Frame:
    """A message with files; returns its `ack` or error."""
    await customer.wire.send({"type": "message", "id": id, "text": text, "files": list(files)})
    return await customer.wire.until("ack", "error", id=id)


async def link(who: Customer | Agent, file: str, path: str = "/files") -> str:
    answer = await who.http("POST", f"{path}/{file}/link")
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url


def stored(world: World) -> list[Path]:
    """Every file that lies in the data folder's `files`."""
    return sorted(path for path in (world.folder / "files").rglob("*") if path.is_file())


async def served(world: World, talk: Talk, customer: Customer) -> Agent:
    """A conversation with an agent."""
    anna = await world.agent("anna")
    await ask_for_person(customer, talk)
    await anna.offer(customer.conversation)
    assert (await anna.accepts(customer.conversation))["type"] == "taken"
    await customer.catch_up()
    return anna


# There and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_a_photo_alone_is_answered_and_reaches_the_person_without_its_place(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    file = await uploaded(customer, samples.photo(), "光猫 modem.JPG")
    assert (file["name"], file["type"]) == ("光猫 modem.JPG", "image/jpeg")
    assert file["size"] < len(samples.photo())
    assert (await send(customer, file["file"]))["type"] == "ack"
    reply = await customer.catch_up()
    assert reply.of("customer_said")["files"] == [file]
    assert reply.responses == ["utter_file_received", "utter_file_about"]
    assert ("文件" if talk.language == "zh" else "file") in reply.text

    fetched = await world.http.get(await link(customer, file["file"]))
    assert fetched.status_code == 200
    assert fetched.headers["content-type"] == "image/jpeg"
    assert fetched.headers["content-disposition"].startswith("inline;")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]
    assert fetched.headers["cache-control"] == "private, no-store"
    assert len(fetched.content) == file["size"]
    assert samples.PLACE not in fetched.content

    anna = await served(world, talk, customer)
    summary = await anna.reads(f"/conversations/{customer.conversation}/summary")
    assert [(one["name"], one["by"]) for one in summary["files"]] == [("光猫 modem.JPG", "customer")]
    assert "光猫 modem.JPG" in summary["text"]
    path = f"/conversations/{customer.conversation}/files"
    assert (await world.http.get(await link(anna, file["file"], path))).content == fetched.content


async def test_an_agents_document_reaches_the_customer_to_be_saved(world: World) -> None:
    talk = BOTH[0]
    customer = await world.customer(talk.language)
    anna = await served(world, talk, customer)
    path = f"/conversations/{customer.conversation}/files"
    file = await uploaded(anna, samples.PDF, "账单<2026>.pdf", path)
    refused = await anna.does("message", customer.conversation, id="d1", text="", files=[file["file"]])
    assert refused is None
    said = (await customer.catch_up()).of("agent_said")
    assert said["text"] == "" and said["files"] == [{**file, "name": "账单_2026_.pdf"}]
    fetched = await world.http.get(await link(customer, file["file"]))
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.content == samples.PDF
    again = await anna.http("POST", f"/conversations/{customer.conversation}/messages", json={"files": [file["file"]]})
    assert again.status_code == 202
    assert (await anna.http("POST", f"/conversations/{customer.conversation}/messages", json={})).status_code == 422
    row = await anna.reads(f"/conversations/{customer.conversation}")
    assert row["last_text"] == "账单_2026_.pdf"


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_in_a_flow_the_question_stays_open(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    asked = (await customer.says(talk.fault[0])).asks
    file = await uploaded(customer, samples.png(), "modem.png")
    await send(customer, file["file"])
    reply = await customer.catch_up()
    assert reply.responses[0] == "utter_file_received"
    assert "utter_file_about" not in reply.responses
    assert reply.asks == asked is not None


async def test_words_with_a_file_are_answered_as_words(world: World) -> None:
    talk = BOTH[0]
    customer = await world.customer(talk.language)
    file = await uploaded(customer, samples.png(), "bill.png")
    await send(customer, file["file"], text=talk.question)
    reply = await customer.catch_up()
    assert reply.citations and "utter_file_received" not in reply.responses


async def test_several_files_at_once_are_received_once(world: World) -> None:
    customer = await world.customer("en")
    files = [await uploaded(customer, samples.png(number, 8), f"{number}.png") for number in range(1, 5)]
    for number, file in enumerate(files):
        await customer.wire.send({"type": "message", "id": f"m{number}", "files": [file["file"]]})
    for number in range(4):
        await customer.wire.until("ack", id=f"m{number}")
    reply = await customer.catch_up()
    answered = {seq for event in reply.said for seq in event["in_reply_to"]}
    assert answered == {event["seq"] for event in reply if event["kind"] == "customer_said"}


async def test_a_message_with_a_file_is_one_however_often_it_comes(world: World) -> None:
    customer = await world.customer("en")
    file = await uploaded(customer, samples.png(), "a.png")
    first = await send(customer, file["file"])
    assert (await send(customer, file["file"]))["seq"] == first["seq"]
    twin = await customer.http("POST", "/messages", json={"id": "f1", "files": [file["file"]]})
    assert twin.json() == {"seq": first["seq"], "altered": False}
    other = await uploaded(customer, samples.png(), "b.png")
    assert (await customer.http("POST", "/messages", json={"id": "f1", "files": [other["file"]]})).json()["altered"]
    assert len(await world.of(customer.conversation, e.CustomerSaid)) == 1


# What is not taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (samples.PROGRAM, "setup.exe", 415, "unsupported_type"),
        (samples.PROGRAM, "holiday.jpg", 415, "unsupported_type"),
        (samples.PDF, "holiday.jpg", 415, "type_mismatch"),
        (b"<script>alert(1)</script>", "page.html", 415, "unsupported_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", 415, "unsupported_type"),
        (samples.png(20_000, 20_000, drawn=False), "wall.png", 415, "image_too_large"),
        (samples.JPEG[:60], "half.jpg", 415, "damaged"),
        (b"", "empty.txt", 415, "empty_file"),
        (b"x" * (2**20 + 1), "long.txt", 413, "too_large"),
        (b"x" * (2**20 + 2**18), "longer.txt", 413, "too_large"),
    ],
)
async def test_what_is_not_taken_is_refused_with_a_sentence_and_leaves_nothing(
    build: Build, data: bytes, name: str, status: int, code: str
) -> None:
    world = await build(file_limit_mb=1)
    customer = await world.customer("en")
    answer = await upload(customer, data, name)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert stored(world) == []
    assert await world.system.backends.files.count(customer.conversation) == 0


async def test_names_that_mislead_are_made_plain(world: World) -> None:
    customer = await world.customer("en")
    file = await uploaded(customer, samples.png(), "../..\\a\u202egpj.exe.png")
    assert file["name"] == "agpj.exe.png"
    fetched = await world.http.get(await link(customer, file["file"]))
    assert 'filename="agpj.exe.png"' in fetched.headers["content-disposition"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"no boundary in here", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\nno header\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--b--\r\n', "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nno end', "multipart/form-data; boundary=b"),
        ((b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\none\r\n'
          b'--b\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\n\r\ntwo\r\n--b--\r\n'), "multipart/form-data; boundary=b"),
        (b"--b\r\n" + b"X: " + b"y" * 9000 + b"\r\n\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
        (b"words", "multipart/form-data"),
        (b"words", ""),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_upload_is_refused(world: World, content: bytes, kind: str) -> None:
    customer = await world.customer("en")
    headers = {"Authorization": f"Bearer {customer.token}", "Content-Type": kind}
    answer = await world.http.post("/api/v1/webchat/files", content=content, headers=headers)
    assert answer.status_code == 422, answer.text
    assert stored(world) == []


async def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    customer = await world.customer("en")
    head = (
        f"POST /api/v1/webchat/files HTTP/1.1\r\nHost: {world.address}\r\nAuthorization: Bearer {customer.token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 500000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    host, _, port = world.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + b"x" * 300_000)
    await writer.drain()

    async def begun() -> bool:
        return bool(stored(world))

    await world.until(begun)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.close()

    async def gone() -> bool:
        return not stored(world)

    await world.until(gone)
    with contextlib.suppress(OSError):
        await reader.read()
    assert await world.system.backends.files.count(customer.conversation) == 0


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow over 256 KiB (setrlimit(2))."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (262_144, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_told_and_leaves_nothing_half(world: World) -> None:
    customer = await world.customer("en")
    with full_disk():
        answer = await upload(customer, b"words " * 100_000, "long.txt")
    assert answer.status_code == 507
    assert answer.json()["error"]["code"] == "unavailable"
    assert answer.headers["retry-after"]
    assert stored(world) == []
    assert (await upload(customer, b"words " * 100_000, "long.txt")).status_code == 201


async def test_where_messages_need_the_room_no_file_is_taken(build: Build) -> None:
    world = await build(min_free_mb=2**30)
    customer = await world.customer("en")
    assert (await upload(customer, samples.png(), "a.png")).status_code == 507


async def test_a_conversation_takes_so_many_and_a_minute_so_many(build: Build) -> None:
    world = await build(files_per_conversation=2)
    customer = await world.customer("en")
    for number in range(2):
        await uploaded(customer, samples.png(), f"{number}.png")
    answer = await upload(customer, samples.png(), "more.png")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "too_many_files")
    for _ in range(30):
        answer = await upload(customer, samples.png(), "more.png")
    assert answer.status_code == 429


async def test_files_can_be_switched_off(build: Build) -> None:
    world = await build(file_limit_mb=0)
    customer = await world.customer("en")
    assert (await customer.hello())["file_limit"] == 0
    assert (await upload(customer, samples.png(), "a.png")).status_code == 403


async def test_a_message_names_only_files_of_its_own_sender_and_conversation(world: World) -> None:
    talk = BOTH[0]
    customer, other = await world.customer(talk.language), await world.customer(talk.language)
    anna = await served(world, talk, customer)
    mine = (await uploaded(customer, samples.png(), "mine.png"))["file"]
    theirs = (await uploaded(other, samples.png(), "theirs.png"))["file"]
    agents = (await uploaded(anna, samples.png(), "a.png", f"/conversations/{customer.conversation}/files"))["file"]
    for number, files in enumerate(([theirs], [agents], ["nothing"], [mine, mine], [mine, theirs], ["\0"])):
        assert (await send(customer, *files, id=f"w{number}"))["type"] == "error"
    refused = await anna.does("message", customer.conversation, id="a1", text="", files=[mine])
    assert refused is not None and refused["code"] == "file_unknown"
    many = await customer.http("POST", "/messages", json={"id": "x", "files": [mine] * 11})
    assert many.status_code == 422
    assert (await send(customer, mine, id="good"))["type"] == "ack"


async def test_only_who_serves_a_conversation_puts_files_into_it(world: World) -> None:
    talk = BOTH[0]
    customer = await world.customer(talk.language)
    await served(world, talk, customer)
    ben = await world.staff("ben")
    path = f"/conversations/{customer.conversation}/files"
    answer = await upload(ben, samples.png(), "a.png", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")
    assert (await upload(ben, samples.png(), "a.png", "/conversations/none/files")).status_code == 404
    assert (await world.http.post(f"/api/v1{path}", files={"file": ("a", b"x")})).status_code == 401


# Links ------------------------------------------------------------------------------------------------------------


async def test_a_link_is_good_for_one_file_and_a_minute(world: World) -> None:
    customer, other = await world.customer("en"), await world.customer("en")
    file = (await uploaded(customer, samples.png(), "a.png"))["file"]
    second = (await uploaded(customer, samples.png(), "b.png"))["file"]
    url = await link(customer, file)
    assert (await world.http.get(url)).status_code == 200
    assert (await world.http.get(url.replace(file, second))).json()["error"]["code"] == "link_invalid"
    signature = url.partition("signature=")[2]
    wrong = ("0" if signature[0] != "0" else "1") + signature[1:]
    assert (await world.http.get(url.replace(signature, wrong))).status_code == 403
    later = url.replace("expires=", "expires=9")
    assert (await world.http.get(later)).status_code in (403, 422)
    await world.pass_time(seconds=61)
    assert (await world.http.get(url)).json()["error"]["code"] == "link_expired"
    assert (await other.http("POST", f"/files/{file}/link")).status_code == 404
    assert (await world.http.post(f"/api/v1/webchat/files/{file}/link")).status_code == 401
    assert (await world.http.get(f"/api/v1/files/{file}")).status_code == 422


async def test_a_part_of_a_file_can_be_fetched(world: World) -> None:
    customer = await world.customer("en")
    file = await uploaded(customer, samples.WAV, "voice.wav")
    part = await world.http.get(await link(customer, file["file"]), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")


# Away -------------------------------------------------------------------------------------------------------------


async def test_what_was_never_sent_is_gone_after_a_day_and_what_was_sent_stays(world: World) -> None:
    customer = await world.customer("en")
    sent = (await uploaded(customer, samples.png(), "sent.png"))["file"]
    loose = (await uploaded(customer, samples.png(), "loose.png"))["file"]
    await send(customer, sent)
    await world.pass_time(hours=23, minutes=30)
    assert (await send(customer, loose, id="late"))["code"] == "file_unknown"
    assert (await send(customer, sent))["type"] == "ack", "what was sent may be sent again, as after a lost answer"

    async def swept() -> bool:
        await world.pass_time(hours=1)
        return [row.file for row in await world.system.backends.files.get([sent, loose])] == [sent]

    await world.until(swept)
    assert [path.name for path in stored(world)] == [sent]
    await world.pass_time(hours=2)
    url, _ = await world.system.files.link(customer.conversation, sent)
    assert (await world.http.get(url)).status_code == 200


async def test_bytes_without_a_row_are_swept(world: World) -> None:
    customer = await world.customer("en")
    file = (await uploaded(customer, samples.png(), "a.png"))["file"]
    await world.system.backends.files.remove([file])
    await world.pass_time(hours=25)
    await world.system.files.sweep()
    assert stored(world) == []


async def test_who_is_erased_leaves_no_file_and_no_name(world: World) -> None:
    customer, other = await world.customer("en"), await world.customer("en")
    name = "Wilhelmina-Quartermaine-bill.txt"
    words = "the parrot Zebedee chewed the cable"
    sent = (await uploaded(customer, words.encode(), name))["file"]
    await uploaded(customer, words.encode(), name)
    kept = (await uploaded(other, samples.png(), "other.png"))["file"]
    await send(customer, sent)
    await customer.catch_up()
    contact = (await world.fold(customer.conversation)).contact
    url = await link(customer, sent)

    await asyncio.to_thread(commands.erase, world.settings, contact)

    assert [path.name for path in stored(world)] == [kept]
    for path in (path for path in world.folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        assert name.encode() not in data and words.encode() not in data, path
    assert (await world.http.get(url)).status_code == 404
    assert name not in (await customer.http("GET", "/events")).text


async def test_a_backup_holds_the_files_and_gives_them_back(world: World, tmp_path: Path) -> None:
    customer = await world.customer("en")
    file = (await uploaded(customer, samples.PDF, "bill.pdf"))["file"]
    await send(customer, file)
    (world.folder / "files" / "coming").mkdir(exist_ok=True)
    (world.folder / "files" / "coming" / "1-half").write_bytes(b"half")
    archive, work, empty = tmp_path / "backup.tar.gz", tmp_path / "work", tmp_path / "restored"
    work.mkdir()
    empty.mkdir()
    await asyncio.to_thread(storage.backup, world.settings, work, archive)
    await asyncio.to_thread(storage.restore, load(data=empty, _env_file=None), archive)
    assert sorted(path.name for path in empty.rglob("files/*/*")) == [file]
    assert next(empty.rglob(f"files/*/{file}")).read_bytes() == samples.PDF
