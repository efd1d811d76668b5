"""The Silero model's wrapper with a model of ours in its place; `test_silero_model` asks the real one."""

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.voice.vad.sounds import pcm
from voice.vad import silero
from voice.vad.silero import CONTEXT, STATE, Doubler, SileroVad, VadMissing


class Model:
    """Answers 0.1, 0.2, ... and keeps what it was asked. Its state counts the frames."""

    def __init__(self) -> None:
        self.seen: list[dict[str, NDArray[np.float32]]] = []

    def run(self, outputs: None, inputs: dict[str, NDArray[np.float32]]) -> list[Any]:
        self.seen.append(inputs)
        return [np.array([len(self.seen) / 10], np.float32), inputs["h"] + 1, inputs["c"] - 1]


def test_a_frame_is_seen_with_the_end_of_the_one_before_and_the_state() -> None:
    model = Model()
    ramp = np.arange(1200) / 32768
    assert SileroVad(16_000, model).feed(pcm(ramp)) == pytest.approx([0.1, 0.2])
    first, second = (call["input"] for call in model.seen)
    assert first.shape == second.shape == (1, CONTEXT + 512)
    assert first.dtype == np.float32
    assert not first[0, :CONTEXT].any()
    assert np.array_equal(second[0], np.arange(512 - CONTEXT, 1024, dtype=np.float32) / 32768)
    assert model.seen[0]["h"].shape == STATE
    assert np.all(model.seen[1]["h"] == 1) and np.all(model.seen[1]["c"] == -1)


def test_a_telephones_sound_is_doubled() -> None:
    model = Model()
    vad = SileroVad(8000, model)
    found = [probability for _ in range(16) for probability in vad.feed(bytes(320))]  # 20 ms each
    assert len(found) == 10
    assert all(call["input"].shape == (1, CONTEXT + 512) for call in model.seen)


@pytest.mark.parametrize("hertz", [100, 1000, 3000])
def test_doubling_keeps_a_tone_and_adds_none(hertz: int) -> None:
    doubler = Doubler()
    tone = np.sin(2 * np.pi * hertz * np.arange(4096) / 8000).astype(np.float32)
    double = np.concatenate([doubler.feed(part) for part in np.split(tone, 16)])
    power = np.abs(np.fft.rfft(double[1024:] * np.hanning(len(double) - 1024))) ** 2
    at = round(hertz * (len(double) - 1024) / 16_000)
    kept = power[at - 4 : at + 5].sum()
    assert kept / power.sum() > 0.999
    assert np.abs(double[1024:]).max() == pytest.approx(1, abs=0.02)


def test_what_is_missing_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silero.session.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(VadMissing, match=r"onnxruntime.*pip install 'switchboard-bot\[voice\]'"):
        SileroVad()
    monkeypatch.setattr(silero, "find_spec", lambda name: None)
    with pytest.raises(VadMissing, match=r"faster-whisper.*pip install"):
        silero.model()
    _package_at(monkeypatch, tmp_path)
    with pytest.raises(VadMissing, match=r"no Silero model.*pip install"):
        silero.model()


def test_the_newest_model_is_found_without_importing_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _package_at(monkeypatch, tmp_path)
    (tmp_path / "assets").mkdir()
    for version in ("v5", "v6"):
        (tmp_path / "assets" / f"silero_vad_{version}.onnx").write_text(version)
    assert silero.model() == b"v6"
    assert "faster_whisper" not in sys.modules


def _package_at(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    file = folder / "__init__.py"
    file.write_text("raise AssertionError('it is not to be imported')")
    loader = SourceFileLoader("faster_whisper", str(file))
    monkeypatch.setattr(silero, "find_spec", lambda name: ModuleSpec(name, loader, origin=str(file)))
