"""The command line. What the person got wrong is one line and exit code 1; nothing shows a traceback."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app import logs
from app import settings as configuration
from app.settings import Settings
from core.errors import SwitchboardError

app = typer.Typer(
    name="switchboard", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A self-hosted, bilingual service bot.",
)  # fmt: skip
evaluate = typer.Typer(no_args_is_help=True, help="Figures on labelled data.")
flows = typer.Typer(no_args_is_help=True, help="The pack's flows.")
users = typer.Typer(no_args_is_help=True, help="The service people's accounts.")
app.add_typer(evaluate, name="evaluate")
app.add_typer(flows, name="flows")
app.add_typer(users, name="users")

DataOption = Annotated[Path | None, typer.Option("--data", help="The data folder (SWITCHBOARD_DATA).")]
PackOption = Annotated[str | None, typer.Option("--pack", help="A pack's folder or name (SWITCHBOARD_PACK).")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def _settings(**values: Any) -> Settings:
    settings = configuration.load(**{name: value for name, value in values.items() if value is not None})
    configuration.prepare(settings)
    logs.configure("warning")  # a command speaks for itself; `serve` sets the level of the settings
    return settings


def _show(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        print(f"{name:22} {value:.4f}" if isinstance(value, float) else f"{name:22} {value}")


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="0: any free one, printed.")] = None,
    data: DataOption = None,
    pack: PackOption = None,
) -> None:
    """The service: pages, sockets, worker, in one process."""
    from app import server

    settings = _settings(port=port, data=data, pack=pack)
    logs.configure(settings.log_level)
    server.run(settings)


@app.command()
def train(
    data: DataOption = None,
    pack: PackOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but mistakes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Checks the pack and trains its understanding; a running server takes it over."""
    from app import commands

    commands.train(_settings(data=data, pack=pack), quiet=quiet, as_json=as_json)


@app.command()
def test(
    data: DataOption = None,
    pack: PackOption = None,
    coverage: Annotated[
        float | None, typer.Option(min=0, max=100, help="Percent of steps and of branches to be reached at least.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Runs the pack's own conversations; says which steps and branches they reach."""
    from app import commands

    commands.test(_settings(data=data, pack=pack), as_json, coverage)


@app.command()
def chat(
    data: DataOption = None,
    pack: PackOption = None,
    language: Annotated[str | None, typer.Option(help="zh or en.")] = None,
) -> None:
    """Talk to the bot in the terminal."""
    from app import commands

    commands.chat(_settings(data=data, pack=pack), language)


@app.command()
def ingest(paths: list[Path], data: DataOption = None) -> None:
    """Brings Markdown pages in; the server indexes them."""
    from app import commands

    commands.ingest(_settings(data=data), paths)


@app.command()
def search(
    question: str,
    data: DataOption = None,
    pack: PackOption = None,
    language: Annotated[str | None, typer.Option(help="zh or en; recognised when left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What a question finds, and why."""
    from app import commands

    commands.search(_settings(data=data, pack=pack), question, language, as_json)


@evaluate.command("understanding")
def evaluate_understanding(
    train: Annotated[Path, typer.Option(help='{"text", "intent" | null} a line.')],
    test: Annotated[Path, typer.Option(help="The same.")],
    as_json: JsonOption = False,
) -> None:
    """Trains on one file and scores on another."""
    from app import commands

    _show(commands.evaluate_understanding(train, test), as_json)


@evaluate.command("retrieval")
def evaluate_retrieval(
    corpus: Annotated[Path, typer.Option(help='{"id", "title"?, "text"} a line.')],
    queries: Annotated[Path, typer.Option(help='{"query", "relevant": [ids]} a line.')],
    as_json: JsonOption = False,
) -> None:
    """Scores the search on questions with known passages."""
    from app import commands

    _show(commands.evaluate_retrieval(corpus, queries), as_json)


@flows.command("graph")
def flows_graph(
    flow: Annotated[str | None, typer.Option(help="One flow; all when left out.")] = None,
    format: Annotated[str, typer.Option(help="svg or mermaid.")] = "mermaid",
    out: Annotated[Path | None, typer.Option(help="A folder to write files into.")] = None,
    data: DataOption = None,
    pack: PackOption = None,
) -> None:
    """Draws flows, from left to right."""
    from app import flows_page

    if format not in ("svg", "mermaid"):
        raise typer.BadParameter("use svg or mermaid", param_hint="--format")
    for text in flows_page.graph(_settings(data=data, pack=pack), flow, format, out):
        print(text)


@users.command("add")
def users_add(
    name: str,
    role: Annotated[str, typer.Option(help="agent, supervisor or admin.")] = "agent",
    password: Annotated[str | None, typer.Option(help="Made and shown when left out.")] = None,
    display: Annotated[str, typer.Option(help="What customers see.")] = "",
    skills: Annotated[str, typer.Option(help="Comma between; none: all.")] = "",
    languages: Annotated[str, typer.Option(help="Comma between; none: all.")] = "",
    data: DataOption = None,
) -> None:
    """A new account."""
    from app import commands

    commands.users_add(_settings(data=data), name, role, password, display, skills, languages)


@users.command("list")
def users_list(data: DataOption = None, as_json: JsonOption = False) -> None:
    """All accounts."""
    from app import commands

    commands.users_list(_settings(data=data), as_json)


@app.command()
def erase(contact: str, data: DataOption = None) -> None:
    """Empties everything private about a contact, everywhere. The log stays whole."""
    from app import commands

    commands.erase(_settings(data=data), contact)


@app.command()
def unscored(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Closed conversations without a score; it should print none."""
    from app import commands

    commands.unscored(_settings(data=data), as_json)


@app.command()
def rebuild(data: DataOption = None) -> None:
    """Makes the read models anew from the log (the server stopped)."""
    from app import commands

    commands.rebuild(_settings(data=data))


@app.command()
def verify(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Checks the ledger: finds what was altered, removed, reordered or cut, and says where."""
    from app import commands

    commands.verify(_settings(data=data), as_json)


@app.command()
def migrate(data: DataOption = None) -> None:
    """Makes or upgrades the schema."""
    from app import commands

    commands.migrate(_settings(data=data))


@app.command()
def backup(file: Path, data: DataOption = None) -> None:
    """Everything in one file, while running."""
    from app import commands

    commands.backup(_settings(data=data), file)


@app.command()
def restore(file: Path, data: DataOption = None) -> None:
    """Puts a backup into an empty data folder."""
    from app import commands

    commands.restore(_settings(data=data), file)


@app.command()
def doctor(data: DataOption = None, as_json: JsonOption = False) -> None:
    """What is installed, reachable and missing, and what to do about each."""
    from app import commands

    commands.doctor(_settings(data=data), as_json)


def main() -> None:
    """The entry point."""
    try:
        app(standalone_mode=True)
    except SwitchboardError as error:
        print(error.message if error.code != "pack" else str(error), file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)


if __name__ == "__main__":
    main()
