"""A voice behind the speech interface of OpenAI (`POST /audio/speech`), which many servers have, also one's own.

Sound is passed on as it comes. Nothing is tried twice here: who wants another voice to take over uses `First`.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, Literal

import httpx
import msgspec

from voice.audio.wav import Unreadable
from voice.tts.errors import SynthesisFailed
from voice.tts.rates import SOURCES, Converter
from voice.tts.wavstream import WavStream

MOST_SECONDS: Final = 300
"""Of one answer; what comes after is not taken."""
MOST_ERROR: Final = 64 * 1024
"""Bytes that are read of an answer that says why not."""
CONNECTIONS: Final = 20
_CODES: Final = {
    **dict.fromkeys((400, 401, 403, 404, 405, 413, 415, 422), "speech_refused"),
    **dict.fromkeys((408, 504), "speech_timeout"),
    **dict.fromkeys((429,), "speech_busy"),
    **dict.fromkeys((502, 503), "speech_unavailable"),
}


class SpeechService(msgspec.Struct, frozen=True):
    """Where and how. `url` ends before `/audio/speech` (https://api.openai.com/v1); `voices`: language → its name there.

    `form`: what the answer is; "pcm" is headless int16 at `pcm_rate`, 24,000 at OpenAI. `connect` and `read` are
    seconds, the latter between two pieces. The key is not shown where this is printed.
    """

    url: str
    key: str
    model: str
    voices: Mapping[str, str]
    form: Literal["pcm", "wav"] = "pcm"
    pcm_rate: int = 24000
    speed: float = 1.0
    connect: float = 5.0
    read: float = 15.0

    def __repr__(self) -> str:
        return f"SpeechService({self.url!r}, {self.model!r}, {self.form!r})"


class _Sound:
    """What an answer's bytes are, at the line's rate."""

    def __init__(self, service: SpeechService, rate: int) -> None:
        self._wav = WavStream() if service.form == "wav" else None
        self._converter = Converter(service.pcm_rate, rate) if self._wav is None else None
        self._rate = rate
        self._most = MOST_SECONDS * (service.pcm_rate if self._wav is None else max(SOURCES)) * 2
        self._came = 0

    def feed(self, data: bytes) -> bytes:
        """Raises SynthesisFailed for what is no sound, or too much of it."""
        self._came += len(data)
        if self._came > self._most:
            raise SynthesisFailed(
                f"The voice service sent more than {MOST_SECONDS} seconds of speech.",
                code="speech_unreadable",
            )
        if self._wav is None:
            assert self._converter is not None
            return self._converter.feed(data)
        try:
            pcm = self._wav.feed(data)
            if self._converter is None and self._wav.rate:
                self._converter = Converter(self._wav.rate, self._rate)
        except (Unreadable, ValueError) as error:
            raise SynthesisFailed(
                f"What the voice service sent cannot be heard: {error}", code="speech_unreadable"
            ) from None
        return self._converter.feed(pcm) if self._converter is not None else b""

    def finish(self) -> bytes:
        """The rest. Raises SynthesisFailed where no sound came at all."""
        if self._came < 2 or self._converter is None:
            raise SynthesisFailed("The voice service sent no sound.", code="speech_unreadable")
        return self._converter.finish()


class OpenAISpeech:
    """A `Synthesizer`."""

    def __init__(self, service: SpeechService, rate: int = 8000) -> None:
        """Raises ValueError for rates that are not known."""
        Converter(service.pcm_rate, rate)
        self.rate = rate
        self.languages = tuple(service.voices)
        self._service = service
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {service.key}"} if service.key else {},
            timeout=httpx.Timeout(service.read, connect=service.connect),
            limits=httpx.Limits(max_connections=CONNECTIONS),
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def speak(self, text: str, language: str) -> AsyncGenerator[bytes, None]:
        """As the port says. Raises SynthesisFailed."""
        voice = self._service.voices.get(language)
        if voice is None:
            raise SynthesisFailed(f"There is no voice for the language {language}.", code="speech_refused")
        if not any(sign.isalnum() for sign in text):
            return
        sound, begun = _Sound(self._service, self.rate), False
        try:
            async with self._http.stream("POST", self._address(), json=self._order(text, voice)) as response:
                await _check(response)
                async for data in response.aiter_bytes():
                    if pcm := sound.feed(data):
                        begun = True
                        yield pcm
            if pcm := sound.finish():
                yield pcm
        except httpx.TimeoutException:
            raise SynthesisFailed(
                "The voice service said nothing for too long.", code="speech_timeout"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            code = "speech_stopped" if begun else "speech_unavailable"
            raise SynthesisFailed(
                f"The voice service cannot be heard: {type(error).__name__}.", code=code
            ) from None

    def _address(self) -> str:
        return self._service.url.rstrip("/") + "/audio/speech"

    def _order(self, text: str, voice: str) -> dict[str, Any]:
        service = self._service
        order = {"model": service.model, "input": text, "voice": voice, "response_format": service.form}
        return order if service.speed == 1.0 else {**order, "speed": service.speed}


async def _check(response: httpx.Response) -> None:
    """Raises SynthesisFailed for an answer that is no sound, with the sentence that came."""
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if response.status_code == 200:
        if kind == "application/json" or kind.startswith("text/"):
            raise SynthesisFailed(
                f"The voice service answered with {kind} instead of sound.", code="speech_unreadable"
            )
        return
    body = b""
    async for data in response.aiter_bytes():
        body += data
        if len(body) > MOST_ERROR:
            break
    code = _CODES.get(response.status_code, "speech_failed")
    raise SynthesisFailed(f"The voice service answered {response.status_code}{_sentence(body)}.", code=code)


def _sentence(body: bytes) -> str:
    """Why, in the words of the other side."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    error = answer.get("error") if isinstance(answer, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return f": {message[:200].rstrip('.')}" if isinstance(message, str) and message else ""
