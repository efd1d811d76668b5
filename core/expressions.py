"""Conditions of packs: a small part of Python's expressions, compiled to closures over names and a result.

Allowed: `== != < <= > >= in`, `not in`, `and or not`, literals, lists, slot names, `result.<field>`, and the `date`,
`time` and `part` of a slot that holds a moment. There are no calls, no indexing and no other attributes, so a pack
cannot reach anything but its own values.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

MAX_LENGTH: Final = 500
"""Characters of one expression."""

_MAX_DEPTH: Final = 30

MOMENT: Final = frozenset({"date", "time", "part"})
"""What a slot of the type date_time has: "2026-11-27", "15:00" and "afternoon", each null where nobody said it."""

Evaluate = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]

_LITERALS: Final[dict[str, Any]] = {"null": None, "none": None, "true": True, "false": False}


class ExpressionError(ValueError):
    """The text is no expression of this language; the message says why."""


class Expression:
    """A compiled expression. `names` are the slots it reads, `fields` those of the result.

    Evaluation is total: an unset name is None, and an order between values that have none is false.
    """

    __slots__ = ("_evaluate", "fields", "names", "source")

    def __init__(
        self, source: str, evaluate: Evaluate, names: frozenset[str], fields: frozenset[str]
    ) -> None:
        self.source = source
        self.names = names
        self.fields = fields
        self._evaluate = evaluate

    def value(self, slots: Mapping[str, Any], result: Mapping[str, Any]) -> Any:
        """The value for these slots and this result."""
        return self._evaluate(slots, result)

    def holds(self, slots: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
        """Whether the value counts as true."""
        return bool(self._evaluate(slots, result))


def compile_expression(source: str, results: frozenset[str] = frozenset({"result"})) -> Expression:
    """Compiles `source`; `results` are the names that stand for the last action's result.

    Raises ExpressionError.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("not an expression") from None
    compiler = _Compiler(results)
    evaluate = compiler.compile(tree.body, 0)
    return Expression(source, evaluate, frozenset(compiler.names), frozenset(compiler.fields))


class _Compiler:
    def __init__(self, results: frozenset[str]) -> None:
        self.results = results
        self.names: set[str] = set()
        self.fields: set[str] = set()

    def compile(self, node: ast.expr, depth: int) -> Evaluate:
        if depth > _MAX_DEPTH:
            raise ExpressionError("nested too deeply")
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            return self._field(node)
        if isinstance(node, ast.List | ast.Tuple):
            items = [self.compile(item, depth + 1) for item in node.elts]
            return lambda slots, result: [item(slots, result) for item in items]
        if isinstance(node, ast.BoolOp):
            return self._both(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node, depth)
        if isinstance(node, ast.Compare):
            return self._compare(node, depth)
        raise ExpressionError(f"`{ast.unparse(node)[:40]}` is not allowed")

    def _name(self, name: str) -> Evaluate:
        if name in _LITERALS:
            return _constant(_LITERALS[name])
        if name in self.results:
            return lambda slots, result: result or None
        self.names.add(name)
        return lambda slots, result: slots.get(name)

    def _field(self, node: ast.Attribute) -> Evaluate:
        field = node.attr
        if isinstance(node.value, ast.Name) and node.value.id in self.results:
            self.fields.add(field)
            return lambda slots, result: result.get(field)
        if isinstance(node.value, ast.Name) and field in MOMENT and node.value.id not in _LITERALS:
            name = node.value.id
            self.names.add(name)
            return lambda slots, result: _part(slots.get(name), field)
        raise ExpressionError(
            f"`{ast.unparse(node)[:40]}`: only `result.<field>`, and date, time and part of a slot, are fields"
        )

    def _both(self, node: ast.BoolOp, depth: int) -> Evaluate:
        parts = [self.compile(part, depth + 1) for part in node.values]
        if isinstance(node.op, ast.And):
            return lambda slots, result: all(part(slots, result) for part in parts)
        return lambda slots, result: any(part(slots, result) for part in parts)

    def _unary(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        if isinstance(node.op, ast.Not):
            inner = self.compile(node.operand, depth + 1)
            return lambda slots, result: not inner(slots, result)
        number = node.operand
        if isinstance(node.op, ast.USub) and isinstance(number, ast.Constant) and _is_number(number.value):
            return _constant(-number.value)  # type: ignore[operator]
        raise ExpressionError(f"`{ast.unparse(node)[:40]}` is not allowed")

    def _compare(self, node: ast.Compare, depth: int) -> Evaluate:
        operands = [self.compile(item, depth + 1) for item in (node.left, *node.comparators)]
        tests: list[Callable[[Any, Any], bool]] = []
        for operator in node.ops:
            test = _TESTS.get(type(operator))
            if test is None:
                raise ExpressionError(f"`{ast.unparse(node)[:40]}`: use == != < <= > >= in")
            tests.append(test)
        if len(tests) == 1:
            left, right, only = operands[0], operands[1], tests[0]
            return lambda slots, result: only(left(slots, result), right(slots, result))

        def chain(slots: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
            values = [operand(slots, result) for operand in operands]
            return all(test(values[i], values[i + 1]) for i, test in enumerate(tests))

        return chain


def _part(moment: Any, field: str) -> Any:
    return (moment.get(field) or None) if isinstance(moment, Mapping) else None


def _constant(value: Any) -> Evaluate:
    if value is not None and not isinstance(value, str | bool | int | float):
        raise ExpressionError("only text, numbers, true, false and null are literals")
    return lambda slots, result: value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: Any, right: Any) -> bool:
    # True == 1 is Python's accident, not a pack author's meaning.
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        comparable = (_is_number(left) and _is_number(right)) or (
            isinstance(left, str) and isinstance(right, str)
        )
        return comparable and test(left, right)

    return check


def _within(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    if isinstance(right, list | tuple):
        return any(_equal(left, item) for item in right)
    return False


_TESTS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Is: _equal,
    ast.IsNot: lambda left, right: not _equal(left, right),
    ast.Lt: _ordered(lambda left, right: left < right),
    ast.LtE: _ordered(lambda left, right: left <= right),
    ast.Gt: _ordered(lambda left, right: left > right),
    ast.GtE: _ordered(lambda left, right: left >= right),
    ast.In: _within,
    ast.NotIn: lambda left, right: not _within(left, right),
}
