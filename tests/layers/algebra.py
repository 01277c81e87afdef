"""Right layers of linear algebra: ill-conditioned, singular on the diagonal, unknown to extended precision."""

from __future__ import annotations

import numpy as np

from .suite import Awkward, Setting


class Solve:
    """y = A^-1 b."""

    def forward(self, A, b):
        y = np.linalg.solve(A, b)
        return y, (A, y)

    def backward(self, dy, cache):
        A, y = cache
        db = np.linalg.solve(A.T, dy)
        return {"A": -db @ y.T, "b": db}


class LogDeterminant:
    """log |det A|."""

    def forward(self, A):
        return np.linalg.slogdet(A)[1], A

    def backward(self, dy, cache):
        return {"A": dy * np.linalg.inv(cache).T}


class Distances:
    """|x_i - x_j| for all pairs; zero on the diagonal, where the root has no slope and none is needed."""

    def forward(self, x):
        apart = x[:, None] - x[None]
        y = np.sqrt((apart**2).sum(axis=2))
        return y, (apart, y)

    def backward(self, dy, cache):
        apart, y = cache
        weight = (dy + dy.T) / np.where(y > 0, y, 1) * (y > 0)
        return {"x": (weight[:, :, None] * apart).sum(axis=1)}


class Spectrum:
    """The power spectrum |FFT x|^2 of each row."""

    def forward(self, x):
        f = np.fft.fft(x, axis=1)
        return (f * f.conj()).real, f

    def backward(self, dy, cache):
        return {"x": 2 * np.fft.fft(dy * cache.conj(), axis=1).real}


class SpectralNorm:
    """The largest singular value."""

    def forward(self, A):
        u, s, vt = np.linalg.svd(A, full_matrices=False)
        return s[0], (u[:, 0], vt[0])

    def backward(self, dy, cache):
        return {"A": dy * np.outer(*cache)}


class Eigen:
    """Eigenvalues of the symmetric part of A and the sizes of its eigenvectors' entries; no gradient where two meet."""

    def forward(self, A):
        w, V = np.linalg.eigh((A + A.T) / 2)
        return (w, np.abs(V)), (w, V)

    def backward(self, dy, cache):
        w, V = cache
        gaps = w[None] - w[:, None]
        np.fill_diagonal(gaps, np.inf)
        g = V @ (np.diag(dy[0]) + V.T @ (dy[1] * np.sign(V)) / gaps) @ V.T
        return {"A": (g + g.T) / 2}


class Equilibrium:
    """y = tanh(x + half of y reversed), found by iteration to 1e-12; the gradient by the implicit function theorem."""

    def forward(self, x):
        y = np.zeros_like(x)
        for _ in range(200):
            new = np.tanh(0.5 * y[:, ::-1] + x)
            done = np.abs(new - y).max(initial=0) < 1e-12
            y = new
            if done:
                break
        return y, y

    def backward(self, dy, cache):
        slope = 1 - cache**2
        g = dy
        for _ in range(200):
            g = dy + 0.5 * (g * slope)[:, ::-1]
        return {"x": g * slope}


def hilbert(n):
    return 1 / (np.arange(n)[:, None] + np.arange(n) + 1.0)


NEARLY_SINGULAR = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6]])
SYSTEM = Setting({"A": ("n", "n"), "b": ("n", "k")})
MATRIX = Setting({"A": ("n", "n")})
POINTS = Setting({"x": ("m", "d")})

AWKWARD = [
    Awkward("solve", Solve, SYSTEM),
    Awkward("solve with a Hilbert matrix", Solve, SYSTEM, {"A": hilbert(6), "b": np.ones((6, 1))}),
    Awkward("solve with the identity", Solve, SYSTEM, {"A": np.eye(3), "b": np.ones((3, 1))}),
    Awkward("log-determinant", LogDeterminant, MATRIX),
    Awkward("log-determinant, nearly singular", LogDeterminant, MATRIX, {"A": NEARLY_SINGULAR}),
    Awkward("distances of all pairs", Distances, POINTS),
    Awkward("distances of equal points", Distances, POINTS, {"x": np.ones((3, 2))}),
    Awkward("power spectrum", Spectrum, POINTS),
    Awkward("spectral norm", SpectralNorm, Setting({"A": ("m", "n")})),
    Awkward("spectral norm of the identity", SpectralNorm, MATRIX, {"A": np.eye(3)}),
    Awkward("eigenvalues and eigenvectors", Eigen, MATRIX),
    Awkward("an equilibrium found by iteration", Equilibrium, POINTS),
]
