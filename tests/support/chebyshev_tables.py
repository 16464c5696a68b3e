"""The coefficients of ``minitorch/kernels/special/tables.py``, computed by mpmath to 40 digits.

``python -m tests.support.chebyshev_tables`` writes the file. mpmath comes with PyTorch.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

FILE = Path(__file__).resolve().parents[2] / "minitorch/kernels/special/tables.py"

HEAD = '''"""Polynomials of t in [-1, 1], the constant first, each with the function it stands for.

They are Chebyshev series, cut where float64 ends and then written as powers, of which the sums are
as exact here. Written by ``python -m tests.support.chebyshev_tables``, with mpmath.
"""

# fmt: off
'''

mp.mp.dps = 40
mpf, sqrt, exp, pi, log = mp.mpf, mp.sqrt, mp.exp, mp.pi, mp.log
Function = Callable[[Any], Any]


def scaled_erfc(t: Any) -> Any:
    x = mpf(15) / 4 * (1 + t) / (1 - t)
    if x > 1e6:
        return (1 + 2 * x) / (x * sqrt(pi)) * (1 - 1 / (2 * x * x))
    return (1 + 2 * x) * exp(x * x) * mp.erfc(x)


def quantile(p: Any) -> Any:
    """The normal quantile of a small or medium p, by Newton's method."""
    x = -sqrt(-2 * log(p)) if p < mpf(1) / 8 else (p - mpf(1) / 2) * sqrt(2 * pi)
    for _ in range(60):
        share = mp.erfc(-x / sqrt(2)) / 2
        step = (share - p) * sqrt(2 * pi) / exp(-x * x / 2)
        x -= step / (1 + step * x / 2)
        if abs(step) < mpf(10) ** -32:
            break
    return x


def central(t: Any) -> Any:
    square = mpf(9) / 64 * (t + 1) / 2  # up to p = 1/8
    y = sqrt(square)
    return quantile(mpf(1) / 2 + y) / y if y > 1e-12 else sqrt(2 * pi)


def tail(low: Any, high: Any) -> Function:
    def of(t: Any) -> Any:
        z = low + (high - low) * (t + 1) / 2
        r = 1 / z
        return r + quantile(exp(-r * r / 2))

    return of


def waves(order: int, which: str) -> Function:
    def of(t: Any) -> Any:
        x = 8 / sqrt(max((t + 1) / 2, mpf(10) ** -12))
        phase = x - (2 * order + 1) * pi / 4
        j, y = mp.besselj(order, x), mp.bessely(order, x)
        scale = sqrt(pi * x / 2)
        if which == "cosine":
            return scale * (j * mp.cos(phase) + y * mp.sin(phase))
        return scale * (y * mp.cos(phase) - j * mp.sin(phase)) * x

    return of


def airy_waves(which: str) -> Function:
    def of(t: Any) -> Any:
        zeta = 18 / sqrt(max((t + 1) / 2, mpf(10) ** -12))
        z = (3 * zeta / 2) ** (mpf(2) / 3)
        phase = zeta - pi / 4
        scale = sqrt(pi) * z ** (mpf(1) / 4)
        a, b = mp.airyai(-z), mp.airybi(-z)
        if which == "cosine":
            return scale * (a * mp.cos(phase) - b * mp.sin(phase))
        return scale * (a * mp.sin(phase) + b * mp.cos(phase)) * zeta

    return of


def airy_decay(t: Any) -> Any:
    zeta = 2 / max((t + 1) / 2, mpf(10) ** -9)
    z = (3 * zeta / 2) ** (mpf(2) / 3)
    return 2 * sqrt(pi) * z ** (mpf(1) / 4) * exp(zeta) * mp.airyai(z)


def x8(t: Any) -> Any:
    return 8 * sqrt((t + 1) / 2)


def over(t: Any, most: Any) -> Any:
    return mpf(most) / max((t + 1) / 2, mpf(10) ** -9)


def near_k0(t: Any) -> Any:
    x = max(2 * sqrt((t + 1) / 2), mpf(10) ** -15)
    return mp.besselk(0, x) + log(x / 2) * mp.besseli(0, x)


def near_k1(t: Any) -> Any:
    x = max(2 * sqrt((t + 1) / 2), mpf(10) ** -12)
    return (mp.besselk(1, x) - 1 / x - log(x / 2) * mp.besseli(1, x)) / x


def near_y0(t: Any) -> Any:
    x = max(x8(t), mpf(10) ** -15)
    return mp.bessely(0, x) - 2 / pi * log(x / 2) * mp.besselj(0, x)


def near_y1(t: Any) -> Any:
    x = max(x8(t), mpf(10) ** -12)
    rest = mp.bessely(1, x) - 2 / pi * (log(x / 2) * mp.besselj(1, x) - 1 / x)
    return rest / x


def near_j1(t: Any) -> Any:
    x = max(x8(t), mpf(10) ** -15)
    return mp.besselj(1, x) / x


def near_i1(t: Any) -> Any:
    x = max(4 * (t + 1), mpf(10) ** -15)
    return exp(-x) * mp.besseli(1, x) / x


def far(function: Callable[..., Any], order: int, sign: int, most: int) -> Any:
    def of(t: Any) -> Any:
        x = over(t, most)
        return sqrt(x) * exp(sign * x) * function(order, x)

    return of


def log_gamma(t: Any) -> Any:
    return mp.loggamma(2 + t / 2) / (t / 2)  # t is never 0


# For each table the words for the function, and the function of t.
FUNCTIONS: dict[str, tuple[str, Function]] = {
    "SCALED_ERFC": (
        "(1 + 2 x) exp(x²) erfc(x), t = (x - 3.75) / (x + 3.75)",
        scaled_erfc,
    ),
    "QUANTILE": ("quantile(1/2 + y) / y, t = 128/9 y² - 1", central),
    "QUANTILE_NEAR": (
        "r + quantile(exp(-r²/2)), 1/r in [1/8, 1/2]",
        tail(mpf(1) / 8, mpf(1) / 2),
    ),
    "QUANTILE_FAR": (
        "r + quantile(exp(-r²/2)), 1/r in [1/40, 1/8]",
        tail(mpf(1) / 40, mpf(1) / 8),
    ),
    "LOG_GAMMA": ("log gamma(2 + u) / u, t = 2 u", log_gamma),
    "I0_NEAR": (
        "exp(-x) I0(x), t = x/4 - 1",
        lambda t: exp(-4 * (t + 1)) * mp.besseli(0, 4 * (t + 1)),
    ),
    "I0_FAR": ("sqrt(x) exp(-x) I0(x), t = 16/x - 1", far(mp.besseli, 0, -1, 8)),
    "I1_NEAR": ("exp(-x) I1(x) / x, t = x/4 - 1", near_i1),
    "I1_FAR": ("sqrt(x) exp(-x) I1(x), t = 16/x - 1", far(mp.besseli, 1, -1, 8)),
    "K0_NEAR": ("K0(x) + log(x/2) I0(x), t = x²/2 - 1", near_k0),
    "K0_FAR": ("sqrt(x) exp(x) K0(x), t = 4/x - 1", far(mp.besselk, 0, 1, 2)),
    "K1_NEAR": ("(K1(x) - 1/x - log(x/2) I1(x)) / x, t = x²/2 - 1", near_k1),
    "K1_FAR": ("sqrt(x) exp(x) K1(x), t = 4/x - 1", far(mp.besselk, 1, 1, 2)),
    "J0_NEAR": ("J0(x), t = x²/32 - 1", lambda t: mp.besselj(0, x8(t))),
    "J1_NEAR": ("J1(x) / x, t = x²/32 - 1", near_j1),
    "Y0_NEAR": ("Y0(x) - 2/pi log(x/2) J0(x), t = x²/32 - 1", near_y0),
    "Y1_NEAR": ("(Y1(x) - 2/pi (log(x/2) J1(x) - 1/x)) / x, t = x²/32 - 1", near_y1),
    "WAVE0_COSINE": ("P of J0 and Y0, t = 128/x² - 1", waves(0, "cosine")),
    "WAVE0_SINE": ("x Q of J0 and Y0, t = 128/x² - 1", waves(0, "sine")),
    "WAVE1_COSINE": ("P of J1 and Y1, t = 128/x² - 1", waves(1, "cosine")),
    "WAVE1_SINE": ("x Q of J1 and Y1, t = 128/x² - 1", waves(1, "sine")),
    "AIRY_FAR": ("Ai(x), t = x/2.25 + 3", lambda t: mp.airyai(mpf(9) / 4 * (t - 3))),
    "AIRY_NEAR": ("Ai(x), t = x/2.25 + 1", lambda t: mp.airyai(mpf(9) / 4 * (t - 1))),
    "AIRY_MIDDLE": ("Ai(x), t = x/1.1 - 1", lambda t: mp.airyai(mpf(11) / 10 * (t + 1))),
    "AIRY_DECAY": ("2 sqrt(pi) x^1/4 exp(z) Ai(x), z = 2/3 x^3/2, t = 4/z - 1", airy_decay),
    "AIRY_COSINE": (
        "sqrt(pi) x^1/4 Ai(-x), the part with cos(z - pi/4), t = 648/z² - 1",
        airy_waves("cosine"),
    ),
    "AIRY_SINE": (
        "z sqrt(pi) x^1/4 Ai(-x), the part with sin(z - pi/4), t = 648/z² - 1",
        airy_waves("sine"),
    ),
}


def series(function: Function, nodes: int = 72) -> list[float]:
    """The polynomial of a function on [-1, 1], as far as a float64 can tell."""
    angles = [mp.pi * (k + mp.mpf(1) / 2) / nodes for k in range(nodes)]
    values = [function(mp.cos(angle)) for angle in angles]
    found = []
    for j in range(nodes):
        total = sum(v * mp.cos(j * a) for v, a in zip(values, angles, strict=True))
        found.append(total * (1 if j == 0 else 2) / nodes)
    scale = max(map(abs, found))
    while abs(found[-1]) < scale * mp.mpf(10) ** -17:
        found.pop()
    return [float(c) for c in powers(found)]


def powers(series: list[Any]) -> list[Any]:
    """A Chebyshev series as coefficients of powers, by the recurrence of the polynomials."""
    before, last = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    out = [mp.mpf(0)] * len(series)
    for c in series:
        for i, a in enumerate(before):
            out[i] += c * a
        after = [2 * a for a in [0, *last]]
        for i, a in enumerate(before):
            after[i] -= a
        before, last = last, after
    return out


def temme(orders: int = 8, terms: int = 18) -> list[list[float]]:
    """The Taylor coefficients of c0, c1, ... of the incomplete gamma function at eta = 0.

    N. M. Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal.
    10 (1979); https://dlmf.nist.gov/8.12. With mu(eta): eta²/2 = mu - log(1 + mu).
    """
    size = terms + 2 * orders + 3
    mu = [mp.mpf(0), mp.mpf(1)]  # mu mu' = eta (1 + mu), term by term
    for n in range(2, size):
        known = sum(k * mu[k] * mu[n + 1 - k] for k in range(2, n))
        mu.append((mu[n - 1] - known) / (n + 1))
    inverse = [mp.mpf(1)]  # of mu / eta
    for n in range(1, size - 1):
        inverse.append(-sum(mu[k + 1] * inverse[n - k] for k in range(1, n + 1)))
    rows = [inverse[1:]]
    for _ in range(orders - 1):
        last = rows[-1]
        slope = [(k + 2) * last[k + 2] for k in range(len(last) - 2)]
        rows.append([a - last[1] * b for a, b in zip(slope, inverse[1:], strict=False)])
    return [[float(c) for c in row[:terms]] for row in rows]


def written() -> str:
    """The text of the file."""
    text = HEAD
    for name, (words, function) in FUNCTIONS.items():
        text += f"\n# {words}\n{name} = (\n"
        row = "   "
        for c in series(function):
            if len(row) + len(repr(c)) > 97:
                text, row = f"{text}{row}\n", "   "
            row += f" {c!r},"
        text += f"{row}\n)\n"
    text += "\n# Temme's c0, c1, ... of the incomplete gamma function, as series of eta\n"
    rows = "".join(f"    {tuple(row)!r},\n".replace(", ", ",\n     ") for row in temme())
    return f"{text}TEMME = (\n{rows})\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
