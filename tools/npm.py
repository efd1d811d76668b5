"""npm in the web folder, with the Node that came with the build requirements: `python tools/npm.py run test`."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import find_node  # noqa: E402 (after the path)


def main() -> int:
    """Exit code of npm."""
    node, npm = find_node()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [*npm, *sys.argv[1:]], cwd=ROOT / "web", env={**os.environ, "PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
