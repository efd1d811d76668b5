"""The agent on sockets: UDP and TCP on one port, timers by the loop, and calls as objects to wait on."""

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

import structlog
from msgspec.structs import replace

from voice.sip import sdp
from voice.sip.actions import (
    Action,
    Close,
    Event,
    HungUp,
    Incoming,
    Info,
    Peer,
    Refused,
    Registered,
    Registration,
    Send,
    Settings,
    Tell,
    Transferred,
)
from voice.sip.agent import Agent
from voice.sip.digest import Credentials
from voice.sip.fields import Bad, Uri
from voice.sip.sockets import Sockets, way_out

_log = structlog.get_logger()

MOST_EVENTS: Final = 256
"""Events of one call that may wait for their reader; more are dropped, the last one never."""


STOP_SECONDS: Final = 2.0
"""How long `stop` waits for calls whose end is not on the wire yet."""


class CallOver(Exception):
    """The call ended before what was waited for. `reason` and `status` are those of HungUp."""

    def __init__(self, over: HungUp) -> None:
        super().__init__(over.reason)
        self.reason = over.reason
        self.status = over.status


class SipCall:
    """A call that came in or was dialled. Events are read by one reader; HungUp is the last."""

    def __init__(self, endpoint: "Endpoint", handle: str, info: Info, offered: sdp.Agreed | None) -> None:
        self.info = info
        self.offered = offered
        """What the caller's offer comes to; None for a call of ours, or where the caller leaves the offer to us."""
        self.agreed: sdp.Agreed | None = None
        """What the sound is at present; None before the answer."""
        self.over: HungUp | None = None
        self._endpoint = endpoint
        self.handle = handle
        """What the agent and the log call it; it says nothing about who calls."""
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._decided = asyncio.Event()
        self._result: asyncio.Future[str] | None = None

    def take(self, event: Event) -> None:
        """The endpoint gives what the agent tells."""
        if isinstance(event, HungUp):
            self.over = event
            self._decided.set()
            self._transferred("refused")
        elif isinstance(event, Transferred):
            self._transferred(event.result)
        elif agreed := getattr(event, "agreed", None):
            self.agreed = agreed
            self._decided.set()
        if self._events.qsize() < MOST_EVENTS or isinstance(event, HungUp):
            self._events.put_nowait(event)

    def _transferred(self, result: str) -> None:
        if self._result is not None and not self._result.done():
            self._result.set_result(result)

    async def events(self) -> AsyncIterator[Event]:
        """What happens to the call: Ringing, Answered, Changed, Held, Digit, Transferred, and HungUp as the last."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                self._events.put_nowait(event)  # whoever asks again hears it again
                return

    def ring(self) -> None:
        """Lets the caller hear that it rings."""
        self._endpoint.act(lambda agent, now: agent.ring(self.handle, now))

    async def answer(self, media: sdp.Media) -> sdp.Agreed:
        """Takes the call; gives what was agreed, after the ACK where the offer had to be ours. Raises CallOver."""
        self._endpoint.act(lambda agent, now: agent.answer(self.handle, media, now))
        return await self.answered()

    async def answered(self) -> sdp.Agreed:
        """Waits until both sides agree about sound. Raises CallOver: busy, no answer, refused, …"""
        await self._decided.wait()
        if self.agreed is None:
            raise CallOver(self.over or HungUp("failed"))
        return self.agreed

    def reject(self, status: int = 603) -> None:
        """Refuses the call with a status of 400 to 699."""
        self._endpoint.act(lambda agent, now: agent.reject(self.handle, status, now))

    async def refer(self, target: str, seconds: float = 60.0) -> str:
        """Hands the call to `target`, a SIP or tel URI, or a number at the exchange that the call came from. Gives "ok"
        (our leg is ended then), "refused", "unsupported" or "timeout". Raises ValueError for what is no target."""
        uri = self._endpoint.target(target)
        if self.over is not None or (self._result is not None and not self._result.done()):
            return "refused"
        self._result = asyncio.get_running_loop().create_future()
        self._endpoint.act(lambda agent, now: agent.refer(self.handle, uri, now, seconds))
        return await asyncio.shield(self._result)

    def bye(self) -> None:
        """Ends the call, in whatever state it is."""
        self._endpoint.act(lambda agent, now: agent.bye(self.handle, now))


class Endpoint:
    """A user agent that is reached at `address`:`port` (0: any port) by UDP and TCP. `settings.host` is what others are told;
    where it is a wildcard, the address of the way out is. `clock` gives seconds that never go back."""

    def __init__(
        self,
        settings: Settings,
        address: str = "",
        *,
        clock: Callable[[], float] | None = None,
        token: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:
        self.settings = settings
        self._address = address or settings.host
        self._now = clock or (lambda: asyncio.get_running_loop().time())
        self._token = token
        self._calls: dict[str, SipCall] = {}
        self._incoming: asyncio.Queue[SipCall | None] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = False
        self._stopped = False
        self._quiet = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._registrar: Uri | None = None
        self.registered: Registered | None = None
        """The registrar's last word."""
        self.registration_changed = asyncio.Event()
        """Set each time the registrar answers, or does not; whoever waits clears it."""

    async def start(self) -> None:
        """Listens. Raises OSError where the port is taken."""
        host = way_out(self.settings.host)
        self._agent = Agent(replace(self.settings, host=host), self._token)
        self._sockets = Sockets(self, self._agent.uses)
        port = await self._sockets.open(self._address, self.settings.port)
        self._agent.here(port)
        _log.info("sip_listens", host=host, port=port)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._agent.settings.port

    @property
    def refused(self) -> Counter[str]:
        """What was refused, by reason."""
        return self._agent.refused

    @property
    def agent(self) -> Agent:
        """The agent behind the sockets."""
        return self._agent

    async def stop(self) -> None:
        """Ends all calls, takes the registration back, and closes the sockets."""
        self._stopping = True
        for call in list(self._calls.values()):
            call.bye()
        self._do([])
        with contextlib.suppress(TimeoutError):  # an ACK may be on its way, and no BYE goes before it
            async with asyncio.timeout(STOP_SECONDS):
                await self._quiet.wait()
        self.act(lambda agent, now: agent.unregister(now))
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sockets.close()
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._incoming.put_nowait(None)

    # For the application ----------------------------------------------------------------------------------------------

    async def calls(self) -> AsyncIterator[SipCall]:
        """Calls as they come in, until `stop`. There are never more than `max_calls`."""
        while (call := await self._incoming.get()) is not None:
            yield call

    def target(self, text: str) -> Uri:
        """A URI, or a number or name at the registrar, or here where there is none. Raises ValueError."""
        if ":" in text:
            return Uri.parse(text)
        host = self._registrar.host if self._registrar else self._agent.settings.host
        return Uri.parse(f"sip:{text}@{host}")

    def dial(
        self,
        target: str,
        media: sdp.Media,
        credentials: Credentials | None = None,
        *,
        seconds: float = 60.0,
        caller: str = "",
    ) -> SipCall:
        """Calls somebody; `answered` waits for the outcome. Raises ValueError for a
        target or a caller that fits in no URI."""
        uri = self.target(target)
        if uri.scheme != "sip" or (caller and Uri.parse(f"sip:{caller}@caller").user != caller):
            raise Bad("uri")
        handle, info, actions = self._agent.dial(
            uri, media, self._now(), credentials=credentials, seconds=seconds, caller=caller
        )
        call = self._calls[handle] = SipCall(self, handle, info, None)
        self._do(actions)
        return call

    def register(self, registration: Registration) -> None:
        """Registers and stays registered; `registered` has the registrar's last word."""
        self._registrar = registration.registrar
        self.act(lambda agent, now: agent.register(registration, now))

    def act(self, what: Callable[[Agent, float], list[Action]]) -> None:
        """Has the agent do something, and does what it wants."""
        self._do(what(self._agent, self._now()))

    # For the sockets --------------------------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something that `stop` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def accepts(self, peer: Peer, *, ours: bool) -> bool:
        """Whether a TCP connection may stay."""
        accepted = self._agent.opened(peer, self._now(), ours=ours)
        self._do([])
        return accepted

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self._sockets.send(action.data, action.peer)
            elif isinstance(action, Tell):
                self._tell(action.call, action.event)
            elif isinstance(action, Refused):
                _log.warning("sip_refused", reason=action.reason, source=action.host, count=action.count)
            elif isinstance(action, Registered):
                _log.info("sip_registered" if action.ok else "sip_not_registered", status=action.status)
                self.registered = action
                self.registration_changed.set()
            elif isinstance(action, Close):
                self._sockets.hang_up(action.peer)
        if self._stopping and not self._agent.calls:
            self._quiet.set()
        self._arm()

    def _tell(self, handle: str, event: Event) -> None:
        if isinstance(event, Incoming):
            call = self._calls[handle] = SipCall(self, handle, event.info, event.offered)
            if self._stopping or self._incoming.qsize() >= 2 * self.settings.max_calls:
                call.reject(503)  # nobody takes it
            else:
                self._incoming.put_nowait(call)
            return
        if call_there := self._calls.get(handle):
            if isinstance(event, HungUp):
                del self._calls[handle]
                _log.info("sip_call_over", call=handle, reason=event.reason, status=event.status)
            call_there.take(event)

    def _arm(self) -> None:
        """One timer of the loop for the agent's next instant."""
        if self._timer is not None:
            self._timer.cancel()
        due = None if self._stopped else self._agent.due
        loop = asyncio.get_running_loop()
        self._timer = None if due is None else loop.call_later(max(0.0, due - self._now()), self._tick)

    def _tick(self) -> None:
        self.act(lambda agent, now: agent.tick(now))
