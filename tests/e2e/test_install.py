"""What is published works where it is installed: source archive → wheel → a service that serves its pages."""

import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.harness import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])(sys.argv[2]))"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "data", "dist", "__pycache__", ".*_cache", ".hypothesis", "test-results"
)


def _built(kind: str, source: Path, target: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, kind, str(target)],
        cwd=source, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target / done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of the tree as it stands, with its pages."""
    assert (ROOT / "app" / "static" / "index.html").exists(), "The pages are not built: run `make web`."
    folder = tmp_path_factory.mktemp("source")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    os.utime(tree / "app" / "static" / "index.html")
    return _built("build_sdist", tree, folder)


@pytest.fixture(scope="module")
def wheel(source_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the unpacked source archive gives, without Node."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(source_archive) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return _built("build_wheel", unpacked, folder)


def test_wheel_holds_pages_pack_and_schema_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "app/static/index.html", "app/static/desk.html", "app/static/widget.js", "app/static/desk.js",
        "packs/telecom/pack.yml", "packs/telecom/nlu/zh_talk.yml", "store/migrations/env.py",
        "store/migrations/versions/0001_first.py",
    ):  # fmt: skip
        assert needed in names
    assert any(name.startswith("packs/telecom/knowledge/zh/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [
        name
        for name in names
        if name.split("/")[0] in ("tests", "benchmarks", "web", "docker", "docs", "data")
    ]
    assert not [name for name in names if "__pycache__" in name or "node_modules" in name]


def test_source_archive_can_be_tested(source_archive: Path) -> None:
    with tarfile.open(source_archive) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in (
        "Makefile", "requirements.lock", "requirements-dev.lock", "web/package-lock.json", "tests/unit/test_house.py",
        "LICENSE", "README.md", "docs/architecture.md", "docker/Dockerfile", "app/static/index.html", "tools/lock",
    ):  # fmt: skip
        assert needed in names
    assert not [name for name in names if "node_modules" in name]


def test_installed_service_serves(wheel: Path, tmp_path: Path) -> None:
    """From the unpacked wheel alone, in an empty folder: trains, listens, shows page and desk, ends cleanly."""
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
    environment = {
        **kept, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "SWITCHBOARD_PORT": "0",
        "SWITCHBOARD_DATA": str(tmp_path / "data"), "SWITCHBOARD_ADMIN_PASSWORD": PASSWORD,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "serves at http://" in line, line
            address = line.split()[-1]
            for path, wanted in (
                ("/", "widget"),
                ("/desk", "desk"),
                ("/static/widget.js", "customElements"),
                ("/readyz", "ready"),
            ):
                with urllib.request.urlopen(address + path, timeout=10) as answer:
                    assert wanted in answer.read().decode(), path
        finally:
            process.terminate()
    assert process.returncode == 0
    where = subprocess.run(
        [sys.executable, "-c", "import app; print(app.__file__)"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(installed)
