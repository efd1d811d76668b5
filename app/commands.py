"""What the commands do. Imports are made where they are needed: `switchboard --help` stays quick."""

import asyncio
import json
import secrets
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table

from app import pack as packs
from app import storage
from app.settings import Settings
from app.wiring import knowledge_of, now
from core import events as e
from core.errors import Conflict, Invalid, NotFound, SwitchboardError
from core.language import recognise
from core.pii import mask
from store.settled import UserRows

console = Console()
LINE_LIMIT = 1_000_000


def fail(message: str) -> None:
    """One line on standard error and exit code 1."""
    print(message, file=sys.stderr)
    raise SystemExit(1)


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """An event loop for one command."""

    async def main() -> Any:
        return await work()

    return asyncio.run(main())


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """JSON lines. Raises Invalid with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path}: cannot be read ({error}).") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            raise Invalid(f"{path}:{number}: this line is not JSON.") from None
        if not isinstance(row, dict):
            raise Invalid(f"{path}:{number}: a line is an object.")
        yield row


# The bot -----------------------------------------------------------------------------------------------------------


def train(settings: Settings, quiet: bool, as_json: bool) -> None:
    """Trains the pack; see `app.pack.train`."""
    pack = packs.load(packs.folder_of(settings.pack))
    before = packs.trained(settings.data, pack)
    if quiet or as_json:
        result = packs.train(settings.data, pack)
    else:
        with console.status("Training…"):
            result = packs.train(settings.data, pack)
    if as_json:
        print(json.dumps({"nlu_hash": result.nlu_hash, "model": result.model, **result.report}, ensure_ascii=False))
    elif not quiet:
        changed = "first training" if before is None else "unchanged" if before.model == result.model else "changed"
        console.print(f"Pack {pack.bot.id} ({pack.bot.hash}): {changed}, model {result.model[:12]}")
        _print_report(result.report)


def _print_report(report: dict[str, Any]) -> None:
    console.print(f"Cross-validated: accuracy {report['accuracy']:.3f}, macro F1 {report['macro_f1']:.3f}")
    table = Table("intent", "precision", "recall", "F1", "examples")
    for intent, figures in sorted(report["intents"].items()):
        numbers = [f"{figures[name]:.2f}" for name in ("precision", "recall", "f1")]
        table.add_row(intent, *numbers, str(figures.get("support", figures.get("examples", ""))))
    console.print(table)


def test(settings: Settings, as_json: bool, least: float | None = None) -> None:
    """Plays the pack's conversations; fails with one that went another way, or below `least` percent of coverage."""
    from app.coverage import percent
    from app.packtest import run_pack

    result = run(lambda: run_pack(settings))
    below = least is not None and any(
        percent(result[f"{what}_reached"], result[what]) < least for what in ("steps", "branches")
    )
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for failure in result["failures"]:
            where = f"{failure['file']}:{failure['line']}"
            console.print(f"[red]✗[/red] {where}: {failure['test'].partition(': ')[2]}", highlight=False, soft_wrap=True)
            console.print(f"    {failure['what']}", highlight=False, soft_wrap=True, markup=False)
        for what in result["not_reached"]:
            console.print(f"[yellow]![/yellow] step not reached: {what}", highlight=False, soft_wrap=True)
        for what in result["branches_not_reached"]:
            console.print("[yellow]![/yellow] way not taken:", end=" ")
            console.print(what, highlight=False, soft_wrap=True, markup=False)
        console.print(
            f"{result['passed']} passed, {len(result['failures'])} failed in {result['seconds']} s; "
            f"steps {result['steps_reached']} of {result['steps']}, "
            f"branches {result['branches_reached']} of {result['branches']}"
            + (f"; less than {least:g} percent" if below else ""),
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if result["failures"] or below:
        raise SystemExit(1)


def chat(settings: Settings, language: str | None) -> None:
    """A conversation in the terminal, on a store that is thrown away."""
    from app.trial import Ground, Trial

    async def talk() -> None:
        async with Ground.opened(settings, fixed=False) as ground:
            trial = await Trial.open(ground, at=None)
            try:
                await trial.begin(language)
                for line in trial.told():
                    console.print(line)
                while (text := await asyncio.to_thread(_ask)) is not None:
                    await trial.say(text)
                    for line in trial.told():
                        console.print(line)
            finally:
                await trial.close()

    run(talk)


def _ask() -> str | None:
    try:
        return input("> ")
    except EOFError:
        return None


def evaluate_understanding(train: Path, test: Path) -> dict[str, Any]:
    """Figures of INTERFACES for labelled sentences."""
    from bot.understanding.evaluate import evaluate

    return dict(evaluate(list(rows_of(train)), list(rows_of(test))))


def evaluate_retrieval(corpus: Path, queries: Path) -> dict[str, Any]:
    """Figures of INTERFACES for questions with known passages."""
    from knowledge.evaluate import evaluate_retrieval as measure

    return dict(measure(list(rows_of(corpus)), list(rows_of(queries))))


# Knowledge ---------------------------------------------------------------------------------------------------------


def ingest(settings: Settings, paths: list[Path]) -> None:
    """Publishes pages; the index of a running server follows by itself."""
    from knowledge.ingest import parse

    files = []
    for path in paths:
        if not path.exists():
            fail(f"{path}: there is no such file or folder.")
        files += sorted(path.rglob("*.md")) if path.is_dir() else [path]
    if not files:
        fail("There is no Markdown page in these paths.")

    async def work() -> int:
        wrong = 0
        async with storage.opened(settings) as backends:
            for file in track(files, "Reading", console=console, disable=not console.is_terminal):
                try:
                    document, passages = parse(f"{file.parent.name}/{file.name}", file.read_text("utf-8"), "ingest")
                    await backends.documents.put(document, passages)
                except (SwitchboardError, UnicodeDecodeError) as error:
                    wrong += 1
                    print(f"{file}: {error}", file=sys.stderr)
        return wrong

    wrong = run(work)
    console.print(f"{len(files) - wrong} of {len(files)} pages published")
    if wrong:
        raise SystemExit(1)


def search(settings: Settings, question: str, language: str | None, as_json: bool) -> None:
    """What a question finds in what is published, as the bot would find it."""
    from knowledge.index_memory import MemoryIndex

    async def work() -> dict[str, Any]:
        spoken = language or recognise(question, "zh")
        async with storage.opened(settings) as backends:
            pack = packs.load(packs.folder_of(settings.pack))
            knowledge = knowledge_of(pack, backends.documents, MemoryIndex())
            if not await backends.documents.live():
                await knowledge.ingest(pack.knowledge)
            await knowledge.start()
            hits = await knowledge.search(question, spoken)
            answer = knowledge.answer(question, hits, spoken)
        return {
            "question": question,
            "language": spoken,
            "answer": getattr(answer, "text", None),
            "hits": [
                {
                    "document": hit.passage.slug,
                    "version": hit.passage.version,
                    "path": list(hit.passage.path),
                    "score": hit.score,
                    "terms": {term.text: term.weight for term in hit.terms},
                    "text": hit.passage.text,
                }
                for hit in hits
            ],
        }

    found = run(work)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    console.print(f"[bold]{found['answer'] or 'No answer is supported.'}[/bold]")
    for hit in found["hits"]:
        terms = ", ".join(f"{name} {weight:.2f}" for name, weight in hit["terms"].items())
        console.print(f"{hit['score']:8.3f}  {hit['document']} {hit['version']}  {' › '.join(hit['path'])}  ({terms})")


# People and data ---------------------------------------------------------------------------------------------------


def users_add(
    settings: Settings, name: str, role: str, password: str | None, display: str, skills: str, languages: str
) -> None:
    """A new account; a made password is shown once."""
    from app.tokens import Tokens
    from app.users import Users

    chosen = password or secrets.token_urlsafe(12)

    async def work() -> None:
        async with storage.opened(settings) as backends:
            accounts = Users(UserRows(backends.engine), Tokens(settings.secret()), now)
            try:
                await accounts.add(name, role, chosen, display, _names(skills), _names(languages))
            finally:
                accounts.close()

    try:
        run(work)
    except (Invalid, Conflict) as error:
        fail(error.message)
    console.print(f"User {name} ({role}) added." + ("" if password else f" Password: {chosen}"), highlight=False)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def users_list(settings: Settings, as_json: bool) -> None:
    """All accounts, without passwords."""

    async def work() -> list[dict[str, Any]]:
        async with storage.opened(settings) as backends:
            found = await UserRows(backends.engine).list()
            return [{"username": u.name, "role": u.role, "display": u.display, "active": u.active} for u in found]

    accounts = run(work)
    if as_json:
        print(json.dumps(accounts, ensure_ascii=False))
        return
    for user in accounts:
        console.print(f"{user['username']:20} {user['role']:12} {user['display']}{'' if user['active'] else ' (off)'}")


def erase(settings: Settings, contact: str) -> None:
    """See `contacts.erase`."""
    from app.files import stored_files
    from contacts.erase import erase as forget

    async def work() -> int:
        async with storage.opened(settings) as backends:
            by = e.Actor(e.SYSTEM, "command")
            files = stored_files(settings, backends, now)
            return await forget(contact, backends.store, backends.store, by, now(), [files, backends.drafts])

    gone = run(work)
    if not gone:
        raise NotFound(f"Nothing private is kept about {mask(contact)}.")
    console.print(f"Erased: {gone} events lost their private part.")


def unscored(settings: Settings, as_json: bool) -> None:
    """The list that stays empty."""

    async def work() -> list[str]:
        async with storage.opened(settings) as backends:
            return list(await backends.store.unscored(LINE_LIMIT))

    names = run(work)
    if as_json:
        print(json.dumps(names))
    else:
        console.print("\n".join(names) if names else "Every closed conversation has its scorecard.")
    if names:
        raise SystemExit(1)


def rebuild(settings: Settings) -> None:
    """The read models from the log."""

    async def work() -> int:
        async with storage.opened(settings, alone=True) as backends:
            count = int(await backends.store.rebuild())
            await backends.words.rebuild()
            while await backends.words.follow():
                pass
            return count

    console.print(f"Read models made anew from {run(work)} events.")


def verify(settings: Settings, as_json: bool) -> None:
    """The log against its chain, and the chain against its anchors."""
    from app.ledger import anchors_of
    from governance.ledger import verify as check

    async def work() -> Any:
        anchors = anchors_of(settings.data / "anchors")
        async with storage.opened(settings) as backends:
            return await check(backends.ledger, anchors, settings.secret().encode())

    report = run(work)
    if as_json:
        print(json.dumps(msgspec.to_builtins(report), ensure_ascii=False))
    else:
        for fault in report.faults:
            console.print(f"[red]✗[/red] {fault.what}: {fault.message}", highlight=False)
        if report.more:
            console.print("[red]✗[/red] and more")
        console.print(
            f"{report.events} events under {report.blocks} blocks, {report.unsealed} not sealed yet, "
            f"{report.anchors} anchors; head {report.head[:16]}: "
            + ("[red]does not verify[/red]" if report.faults else "[green]verifies[/green]"),
            highlight=False,
        )
    if report.faults:
        raise SystemExit(1)


def migrate(settings: Settings) -> None:
    """Opening migrates."""

    async def work() -> None:
        async with storage.opened(settings):
            return

    run(work)
    console.print("The schema is up to date.")


def backup(settings: Settings, file: Path) -> None:
    """See `app.storage`."""
    if file.exists():
        fail(f"{file} exists already; name another file.")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        storage.backup(settings, Path(folder), file)
    console.print(f"Backup written: {file} ({file.stat().st_size // 1024} KiB)")


def restore(settings: Settings, file: Path) -> None:
    """See `app.storage`."""
    storage.restore(settings, file)
    console.print(f"Restored from {file}. Start the service as usual; the index is built again by itself.")


def doctor(settings: Settings, as_json: bool) -> None:
    """Each finding with what to do about it; exit code 1 when the service could not work."""
    from app.doctor import examine

    findings = run(lambda: examine(settings))
    if as_json:
        print(json.dumps(findings, ensure_ascii=False))
    else:
        marks = {"ok": "[green]✓[/green]", "note": "[yellow]![/yellow]", "bad": "[red]✗[/red]"}
        for finding in findings:
            advice = f" → {finding['advice']}" if finding["advice"] else ""
            console.print(f"{marks[finding['state']]} {finding['what']}: {finding['found']}{advice}", highlight=False)
    if any(finding["state"] == "bad" for finding in findings):
        raise SystemExit(1)
