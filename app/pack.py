"""A pack's folder, read once and given to each feature for its part; and the training that belongs to it."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import msgspec

from app import scripts
from bot import validate
from bot.pack import BotPack
from bot.pack import parse as parse_bot
from bot.understanding import nlu
from bot.understanding.model import OUT_OF_SCOPE
from bot.understanding.native import Understander
from channels import widget
from channels.widget import WidgetSettings
from connectors import http, mcp
from core.errors import ConfigurationError, PackMistake
from governance.actions import Action
from governance.actions import parse as parse_actions
from governance.rules import Rules
from governance.rules import parse as parse_rules
from handoff.canned import parse as parse_canned
from handoff.model import CannedReply
from handoff.routing import Routing
from handoff.routing import parse as parse_routing
from handoff.words import Labels
from qa.alerts import AlertRules
from qa.alerts import parse as parse_alerts
from qa.scorecard import Scorecard
from qa.scorecard import parse as parse_scorecard
from tickets.types import TicketTypes
from tickets.types import parse as parse_tickets

SUFFIXES = (".yml", ".yaml", ".md")
FILE_LIMIT = 5_000_000
SCHEMES = ("python", "http", "mcp")


class Pack(msgspec.Struct, frozen=True):
    """One business: its files (path in the folder → text) and what each feature reads in them."""

    folder: Path
    files: dict[str, str]
    bot: BotPack
    tickets: TicketTypes
    routing: Routing
    scorecard: Scorecard
    alerts: AlertRules
    actions: dict[str, Action]
    rules: Rules
    labels: Labels
    widget: WidgetSettings = WidgetSettings()
    canned: tuple[CannedReply, ...] = ()

    @property
    def knowledge(self) -> dict[str, str]:
        """Pages: path below `knowledge/` → text."""
        return {p.removeprefix("knowledge/"): text for p, text in self.files.items() if p.startswith("knowledge/")}

    @property
    def nlu(self) -> dict[str, str]:
        """Training files."""
        return {path: text for path, text in self.files.items() if path.startswith("nlu/")}

    @property
    def nlu_hash(self) -> str:
        """Changes when the training has to be done again."""
        return hashlib.sha256(msgspec.json.encode([self.nlu, self.files.get("slots.yml")])).hexdigest()[:16]


def folder_of(name: str) -> Path:
    """The folder of a pack: a path, or the name of one inside the package. Raises ConfigurationError."""
    path = Path(name)
    if path.is_dir() and (path / "pack.yml").exists():
        return path
    inside = Path(str(resources("packs"))) / name
    if "/" not in name and (inside / "pack.yml").exists():
        return inside
    raise ConfigurationError(f"SWITCHBOARD_PACK: there is no pack {name!r} (a folder with a pack.yml, or a built-in name).")


def read_files(folder: Path) -> dict[str, str]:
    """All texts of a pack. Raises PackMistake for a file that is no UTF-8 or too large."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SUFFIXES or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > FILE_LIMIT:
            raise PackMistake(name, 1, "the file is larger than 5 MB", "split it")
        try:
            found[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise PackMistake(name, 1, "the file is not UTF-8", "save it as UTF-8") from None
    return found


def load(folder: Path) -> Pack:
    """Reads and parses a pack. Raises PackMistake for the first mistake in its form."""
    files = read_files(folder)
    tickets = parse_tickets(files)
    bot = parse_bot(files)
    actions = parse_actions(files)
    scorecard = parse_scorecard(files)
    return Pack(
        folder=folder,
        files=files,
        bot=bot,
        tickets=tickets,
        routing=parse_routing(files),
        scorecard=scorecard,
        alerts=parse_alerts(files, [entry.id for entry in scorecard.entries]),
        actions=actions,
        rules=parse_rules(files, actions),
        canned=parse_canned(files),
        labels=Labels(
            slots={name: slot.label for name, slot in bot.slots.items()},
            values={
                name: {option.value: option.title for option in slot.options} for name, slot in bot.slots.items()
            },
            flows={name: flow.name for name, flow in bot.flows.items()},
            tickets={name: dict(kind.name) for name, kind in tickets.types.items()},
            statuses={name: dict(kind.statuses) for name, kind in tickets.types.items()},
        ),
        widget=widget.parse(files),
    )


def check(pack: Pack, intents: set[str]) -> list[PackMistake]:
    """What is wrong between the pack's parts, all at once."""
    required = {
        name: {field.name: field.required for field in kind.fields.values()} for name, kind in pack.tickets.types.items()
    }
    asked = widget.check(pack.widget, required, pack.bot.languages)
    return asked + _acting(pack) + scripts.mistakes(pack.files, pack.bot, pack.actions) + validate.check(
        pack.bot,
        ticket_types={name: set(kind.fields) for name, kind in pack.tickets.types.items()},
        actions=pack.actions,
        skills=set(pack.routing.skills),
        intents=intents,
    )


def _acting(pack: Pack) -> list[PackMistake]:
    """Actions that nobody could carry out, and words for their failures that the pack lacks."""
    services: dict[str, Mapping[str, object]] = {"http": http.described(pack.files), "mcp": mcp.described(pack.files)}
    found = []
    for action in pack.actions.values():
        service = action.target.partition("/")[0]
        if action.scheme not in SCHEMES:
            mend = f"use one of: {', '.join(SCHEMES)}"
            found.append(PackMistake("actions.yml", action.line, f"nothing calls `{action.interface}`", mend))
        elif action.scheme in services and service not in services[action.scheme]:
            what = f"there is no service `{service}` for `{action.scheme}:`"
            found.append(PackMistake("actions.yml", action.line, what, "describe it in connectors.yml"))
        if action.sorry and action.sorry not in pack.bot.responses:
            mend = "write it in responses/"
            found.append(PackMistake("actions.yml", action.line, f"there is no response `{action.sorry}`", mend))
    return found


def known_values(pack: Pack) -> dict[str, dict[str, str]]:
    """Entity → phrase → value, from the choices of the slots that an entity fills."""
    known: dict[str, dict[str, str]] = {}
    for slot in pack.bot.slots.values():
        if not slot.entity or slot.type != "choice":
            continue  # what is offered beside a moment or free words is neither
        phrases = known.setdefault(slot.entity, {})
        for option in slot.options:
            phrases.update(dict.fromkeys(option.words, option.value))
    return known


class Trained(msgspec.Struct, frozen=True):
    """Beside the model: what it was trained from, and how good it is by cross-validation."""

    nlu_hash: str
    model: str
    report: dict[str, Any]


def model_paths(data: Path, pack: Pack) -> tuple[Path, Path]:
    """The model's file and the note beside it, which is written last."""
    folder = data / "models"
    return folder / f"{pack.bot.id}.model", folder / f"{pack.bot.id}.json"


def trained(data: Path, pack: Pack) -> Trained | None:
    """The note of the last training, if there is one that can be read."""
    try:
        return msgspec.json.decode(model_paths(data, pack)[1].read_bytes(), type=Trained)
    except (OSError, msgspec.MsgspecError):
        return None


def train(data: Path, pack: Pack) -> Trained:
    """Checks the pack, trains and saves. Raises the first PackMistake; imports scikit-learn."""
    from bot.understanding.train import train as fit

    material = nlu.load(pack.nlu)
    mistakes = check(pack, {example.intent for example in material.examples} - {OUT_OF_SCOPE})
    if mistakes:
        raise mistakes[0]
    model = fit(material, phrases=known_values(pack), default_language=pack.bot.default_language)
    path, note = model_paths(data, pack)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = model.save(path)
    result = Trained(pack.nlu_hash, digest, model.report)
    temporary = note.with_suffix(".tmp")
    temporary.write_bytes(msgspec.json.encode(result))
    temporary.replace(note)
    return result


def understander(data: Path, pack: Pack) -> Understander:
    """The trained understanding of the pack; trains first, in a process of its own, when that is due."""
    note = trained(data, pack)
    path, _ = model_paths(data, pack)
    if note is None or note.nlu_hash != pack.nlu_hash or not path.exists():
        command = [sys.executable, "-m", "app.cli", "train", "--quiet", "--pack", str(pack.folder), "--data", str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ConfigurationError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "Training failed.")
    return Understander.load(path)


