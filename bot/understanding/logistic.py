"""Multinomial logistic regression on few examples with very many features."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]

_JITTER: Final = 1e-6
"""Added to the diagonal, so that two equal messages leave the Gram matrix positive definite."""


class GramLogistic:
    """scikit-learn's `LogisticRegression`, fitted in the space that the examples span.

    An L2 penalty keeps the solution in that space (the representer theorem), where there are as many unknowns
    per intent as examples, not as features; the Cholesky factor of the Gram matrix gives the examples in an
    orthonormal frame of it. The answer is that of a fit on the features, many times sooner. Has `classes_`,
    `coef_`, `intercept_` and `decision_function` as estimators of scikit-learn do; coefficients are
    multiplied by `weight`.
    """

    def __init__(self, inverse_penalty: float, tolerance: float, weight: float = 1.0) -> None:
        self._estimator = LogisticRegression(C=inverse_penalty, tol=tolerance, max_iter=1_000)
        self._weight = weight
        self.classes_: NDArray[Any] = np.zeros(0)
        self.coef_: Floats = np.zeros((0, 0))
        self.intercept_: Floats = np.zeros(0)

    def fit(self, matrix: sparse.csr_matrix, expected: Any) -> "GramLogistic":
        """`matrix` [examples, features], `expected` a label per example."""
        gram = (matrix @ matrix.T).toarray() + _JITTER * np.eye(matrix.shape[0])
        factor = np.linalg.cholesky(gram)
        self._estimator.fit(factor, expected)
        examples = np.linalg.solve(factor.T, self._estimator.coef_.T)
        self.classes_ = self._estimator.classes_
        self.coef_ = np.asarray(matrix.T @ examples).T * self._weight
        self.intercept_ = self._estimator.intercept_ * self._weight
        return self

    def decision_function(self, matrix: sparse.csr_matrix) -> Floats:
        """Scores [rows, intents], or [rows] for two intents."""
        scores: Floats = np.asarray(matrix @ self.coef_.T) + self.intercept_
        return scores[:, 0] if len(self.classes_) == 2 else scores
