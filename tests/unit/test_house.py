"""House rules that no linter knows. Each test says in one sentence why."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.http import chat_socket, desk_frames
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FEATURES = (
    "bot",
    "channels",
    "handoff",
    "qa",
    "knowledge",
    "tickets",
    "contacts",
    "governance",
    "connectors",
    "voice",
)
PACKAGES = ("app", "store", "core", *FEATURES)
NOT_OURS = {
    ".git", ".venv", "node_modules", "__pycache__", "data", "dist", "static", ".build", "LICENSE",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "test-results",
}  # fmt: skip
BINARY = {".png", ".jpg", ".gz", ".ico", ".pyc", ".db", ".log"}

FILE_LINES, CLASS_LINES, FUNCTION_LINES = 500, 300, 60


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.startswith(".env"):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix not in BINARY:
            yield path


@cache
def texts() -> dict[str, str]:
    """Path below the root → text, of every file of the project."""
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in _walk(ROOT)}


@cache
def trees() -> dict[str, ast.Module]:
    """Path → syntax tree, of every Python file."""
    return {path: ast.parse(text) for path, text in texts().items() if path.endswith(".py")}


def shipped() -> dict[str, ast.Module]:
    """Those of the packages that are installed."""
    return {path: tree for path, tree in trees().items() if path.split("/")[0] in PACKAGES}


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Dotted names that are called, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def own_lines(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a class, or of a function without the functions defined in it."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if isinstance(node, ast.ClassDef):
        return lines
    inner = [
        child
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return lines - sum((child.end_lineno or child.lineno) - child.lineno + 1 for child in inner)


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads(texts()["pyproject.toml"])


# The code ----------------------------------------------------------------------------------------------------------


def test_only_the_terminals_modules_print() -> None:
    """What a service prints is lost or mixed into its log: it logs, with names for the values."""
    speaks = {"app/cli.py", "app/commands.py", "app/server.py"}
    found = [
        f"{path}:{line}" for path, tree in shipped().items() for name, line in calls(tree) if name == "print"
    ]
    assert [place for place in found if place.rsplit(":", 1)[0] not in speaks] == []


def test_nothing_sleeps_on_a_thread() -> None:
    """A sleep in the service stops everybody's turn; one in a test is a guess about time that fails some day."""
    waits = {"tests/servers.py", "tests/harness.py", "tests/proxy.py"}  # these poll for a program to come up
    found = [
        f"{path}:{line}"
        for path, tree in trees().items()
        if path not in waits and not path.startswith("benchmarks/")
        for name, line in calls(tree)
        if name == "time.sleep"
    ]
    assert found == []


def test_no_error_is_swallowed_whole() -> None:
    """An error that nobody hears of is found by a customer."""
    found = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            kind = ast.unparse(node.type) if node.type else ""
            silent = all(isinstance(inner, ast.Pass | ast.Continue) for inner in node.body)
            if kind in ("", "Exception", "BaseException") and silent:
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_nothing_is_skipped() -> None:
    """A skipped test is a promise that looks kept: what is missing fails with a sentence."""
    names = {
        "pytest.skip",
        "pytest.mark.skip",
        "pytest.mark.skipif",
        "pytest.mark.xfail",
        "pytest.importorskip",
    }
    found = [
        f"{path}:{line} {name}"
        for path, tree in trees().items()
        for name, line in calls(tree)
        if name in names
    ]
    assert found == []


def test_files_classes_and_functions_stay_small() -> None:
    """What does not fit on some screens is not read before it is changed."""
    found = []
    for path, tree in trees().items():
        if (lines := texts()[path].count("\n")) >= FILE_LINES:
            found.append(f"{path} has {lines} lines")
        for node in ast.walk(tree):
            most = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                if path.startswith("store/migrations/"):
                    continue  # a list of tables, read from top to bottom once
                if (lines := own_lines(node)) > most:
                    found.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    assert found == []


def test_store_knows_features_by_their_ports() -> None:
    """A port, and the values in `model` that it speaks of, are what a feature promises to keep."""
    found = []
    for path, tree in shipped().items():
        if not path.startswith("store/"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            feature, _, rest = node.module.partition(".")
            if feature in FEATURES and rest not in ("ports", "model"):
                found.append(f"{path}:{node.lineno} {node.module}")
    assert found == []


def test_what_is_unfinished_is_in_an_issue() -> None:
    """A note in the code is read by nobody who plans."""
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    pattern = re.compile(rf"\b({'|'.join(marks)})\b")
    found = [path for path, text in texts().items() if not path.endswith(".lock") and pattern.search(text)]
    assert found == []


# What the files say ------------------------------------------------------------------------------------------------


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Where packages come from is the installer's own matter, and a path of one machine is wrong on all others."""
    hosts = (
        "pypi" + ".org",
        "python" + "hosted",
        "npm" + "js.org",
        "npm" + "mirror",
        "pypi" + ".tuna",
        "--index" + "-url ",
    )
    places = re.compile(r"(?<![\w./-])/(?:" + "ro" + "ot|ho" + "me|wo" + "rk|Us" + r"ers)/[\w.-]+")
    found = [f"{path}: {host}" for path, text in texts().items() for host in hosts if host in text]
    found += [f"{path}: {match[0]}" for path, text in texts().items() if (match := places.search(text))]
    assert found == []


def test_the_machine_does_not_shout() -> None:
    """Somebody with a dead line is not cheered up by an exclamation mark."""
    found = [
        f"{path}:{number}"
        for path, text in texts().items()
        if re.match(r"packs/[^/]+/(responses/|pack\.yml)", path)
        for number, line in enumerate(text.splitlines(), 1)
        if re.search("！|(?<=[a-z.])!", line)
    ]
    assert found == []


def test_changelog_knows_the_version() -> None:
    """Who upgrades reads what changed."""
    assert f"## [{project()['project']['version']}]" in texts()["CHANGELOG.md"]


def test_links_between_pages_lead_somewhere() -> None:
    """A page that is named and missing costs more than one that was never promised."""
    found = []
    for path, text in texts().items():
        if not path.endswith(".md") or path.startswith("packs/"):
            continue
        prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose):
            if target.startswith("docs/img/"):
                continue  # pictures are made from the running pages
            if not ((ROOT / path).parent / target).exists():
                found.append(f"{path} → {target}")
    assert found == []


def test_every_setting_is_described_with_its_default() -> None:
    """A setting that nobody can look up is found by reading the code at night."""
    page = texts()["docs/settings.md"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", ()) else f"`{field.default}`"
        assert f"| `{name.upper()}` | {default} |" in page, name


@pytest.mark.parametrize(("channel", "types"), [("chat", chat_socket.TYPES), ("desk", desk_frames.TYPES)])
def test_described_frames_are_the_ones_taken(channel: str, types: tuple[str, ...]) -> None:
    """Other people's clients are written from the description."""
    document = yaml.safe_load(texts()["docs/asyncapi.yaml"])
    messages = document["components"]["messages"]
    described = [message["name"] for key, message in messages.items() if key.startswith(f"{channel}Client")]
    assert sorted(described) == sorted(types)
    assert (
        f"/api/v1/{'webchat' if channel == 'chat' else 'desk'}/ws" == document["channels"][channel]["address"]
    )


def test_asyncapi_references_lead_somewhere() -> None:
    """A document that a generator cannot resolve is no document."""
    document = yaml.safe_load(texts()["docs/asyncapi.yaml"])
    for reference in re.findall(r"\$ref: '?#/([\w/]+)", texts()["docs/asyncapi.yaml"]):
        place = document
        for part in reference.split("/"):
            place = place[part]


# What is shipped ---------------------------------------------------------------------------------------------------


def test_wheel_takes_every_package() -> None:
    """A package that is not in the list works until somebody installs it."""
    there = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks", "tests"}
    assert set(project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == there
    assert not (ROOT / "docker" / "__init__.py").exists(), "it would shadow the Docker SDK"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"])
def test_locks_hold_versions_and_hashes_alone(name: str) -> None:
    """What is installed is what was tested, wherever it comes from; and nothing that needs a graphics card."""
    text = texts()[name]
    assert "://" not in text
    assert "file:" not in text
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+(\[[\w,-]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert not {entry.partition("==")[0].lower() for entry in entries} & {
        "torch",
        "tensorflow",
        "transformers",
    }


def _names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9_.-]+", requirement) for requirement in requirements)
    return {match[0].lower().replace("_", "-") for match in found if match}


def test_locks_cover_what_is_needed() -> None:
    """A dependency without a lock is another version on every machine."""
    wanted = project()["project"]
    locked = _names(texts()["requirements.lock"].splitlines())
    everything = _names(texts()["requirements-dev.lock"].splitlines())
    assert _names(wanted["dependencies"]) <= locked
    assert locked <= everything
    extras = wanted["optional-dependencies"]  # tests run with the voice
    assert _names([*extras["dev"], *extras["voice"]]) - {wanted["name"]} <= everything
    assert _names(project()["build-system"]["requires"]) <= _names(
        texts()["requirements-build.lock"].splitlines()
    )


def test_image_is_made_of_files_that_exist() -> None:
    """No engine is at hand in every check; a missing COPY source would show only at the release."""
    dockerfile = texts()["docker/Dockerfile"]
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
        if not source.startswith("--")
    ]
    ignore = texts()[".dockerignore"].splitlines()
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert f"!{source.split('/')[0]}" in ignore, f"{source} does not reach the builder"
    packages = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) <= set(copied)


def test_image_runs_without_rights_and_holds_no_secret() -> None:
    """Who breaks in finds an ordinary user and nothing to take along."""
    last = texts()["docker/Dockerfile"].rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "/healthz" in last
    assert "VOLUME /data" in last
    assert not re.search(r"(SECRET|PASSWORD|TOKEN|_KEY)\w*=", texts()["docker/Dockerfile"])


def test_compose_file_is_whole() -> None:
    """One service by default, the others by profile, and every secret from outside."""
    compose = yaml.safe_load(texts()["docker/compose.yml"])
    services = compose["services"]
    assert [name for name, service in services.items() if not service.get("profiles")] == ["switchboard"]
    assert {name: service.get("profiles") for name, service in services.items() if name != "switchboard"} == {
        name: [name] for name in ("postgres", "redis", "qdrant")
    }
    known = {f"SWITCHBOARD_{name.upper()}" for name in Settings.model_fields}
    assert set(services["switchboard"]["environment"]) <= known
    for service in services.values():
        assert ":latest" not in service["image"]
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|KEY", name):
                assert value.startswith("${"), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], volume
    for name in services["switchboard"]["depends_on"]:
        assert name in services
    assert (ROOT / "docker" / services["switchboard"]["build"]["context"]).resolve() == ROOT
