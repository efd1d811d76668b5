"""The tests' own pack: one action for every way in which a call may be taken up again, over the back office."""

import shutil
from pathlib import Path

from bot.validate import REQUIRED
from tests.harness import command
from tests.unit.bot.world import BUTTONS, SAID

LINE = "L1001-2"
"""The line that its flows act on."""


def made(folder: Path) -> Path:
    """Writes the pack with the words that every pack needs; returns its folder."""
    pack = folder / "pack"
    shutil.copytree(Path(__file__).parent / "pack", pack)
    words = [
        f'  {name}: [{{text: {{zh: "{zh}", en: "{en}"}}}}]'
        for name, (zh, en) in ({**SAID, **{name: said[:2] for name, said in BUTTONS.items()}}).items()
        if name in (*REQUIRED, "utter_greet")
    ]
    (pack / "responses" / "system.yml").write_text("\n".join(["responses:", *words, ""]), encoding="utf-8")
    return pack


def trained(folder: Path) -> tuple[Path, Path]:
    """(the pack, a folder with its trained model)."""
    pack = made(folder)
    done = command(folder / "model", "train", "--quiet", pack=str(pack), cwd=folder, connector_backoffice_url="http://127.0.0.1:1")
    assert done.returncode == 0, done.stderr
    return pack, folder / "model"
