"""The expressions of flows are the core's; governance decides by the same ones."""

from core.expressions import Evaluate, Expression, ExpressionError, compile_expression

__all__ = ["Evaluate", "Expression", "ExpressionError", "compile_expression"]
