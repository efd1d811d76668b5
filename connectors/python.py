"""Actions that are functions of this process: `interface: "python:tickets.status"`."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.errors import ConfigurationError, NotFound
from core.ports import ActionContext

Function = Callable[[dict[str, Any], ActionContext], Awaitable[Mapping[str, Any]]]
"""Takes the checked arguments and on whose behalf it acts; returns the result's fields."""


class PythonConnector:
    """Calls registered functions by name. An instance is the gateway's executor for the scheme `python`."""

    scheme = "python"

    def __init__(self, functions: Mapping[str, Function] | None = None) -> None:
        self._functions: dict[str, Function] = dict(functions or {})

    def register(self, name: str, function: Function) -> None:
        """Adds a function. Raises ConfigurationError when the name is taken."""
        if name in self._functions:
            raise ConfigurationError(f"The function {name} is registered twice. Keep one of the two.")
        self._functions[name] = function

    @property
    def names(self) -> frozenset[str]:
        """What can be called."""
        return frozenset(self._functions)

    async def __call__(
        self, target: str, arguments: dict[str, Any], context: ActionContext
    ) -> Mapping[str, Any]:
        """Calls `target`. Raises NotFound when there is no such function, else what the function raises."""
        function = self._functions.get(target)
        if function is None:
            raise NotFound(f"There is no function {target}. Register it or correct actions.yml.")
        return await function(arguments, context)
