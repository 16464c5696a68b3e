"""Fourier transforms, spectra over time: values, errors, gradients of every order."""

import re
import warnings
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck, gradgradcheck
from tests.support.parity import assert_same, written

ROUNDING = 3e-5

NAMES = "fft ifft rfft irfft hfft ihfft"
# (n or s, dim, norm) of the calls along one dimension, and along several.
ONE: list[dict[str, Any]] = [
    {},
    {"n": 3},
    {"n": 9, "dim": 0},
    {"dim": 1, "norm": "ortho"},
    {"n": 4, "dim": -2, "norm": "forward"},
]
SEVERAL: list[dict[str, Any]] = [
    {},
    {"s": (3, 4)},
    {"s": (5,), "norm": "ortho"},
    {"dim": (0, 2)},
    {"s": (2, 7), "dim": (2, 1), "norm": "forward"},
    {"s": (-1, -1), "dim": (0, 1)},
]
CALLS = [(name, named) for name in NAMES.split() for named in ONE]
CALLS += [(f"{name}n", named) for name in NAMES.split() for named in SEVERAL]
CALLS += [(f"{name}2", {}) for name in NAMES.split()]
IDS = [f"{name}({', '.join(f'{k}={v}' for k, v in named.items())})" for name, named in CALLS]


def given(name: str) -> np.ndarray:
    random = np.random.default_rng(4)
    x = random.standard_normal((3, 5, 4))
    is_real = name.startswith(("rfft", "ihfft"))
    return x if is_real else x + 1j * random.standard_normal(x.shape)


@pytest.mark.parametrize(("name", "named"), CALLS, ids=IDS)
@pytest.mark.parametrize("digits", ["single", "double"])
def test_values_and_gradients_are_pytorchs(
    torch: Any, name: str, named: dict[str, Any], digits: str
) -> None:
    found: list[Any] = []
    for lib in (mt, torch):
        x = lib.from_numpy(given(name))
        if digits == "single":
            x = x.to(lib.complex64 if x.is_complex() else lib.float32)
        x.requires_grad_()
        out = getattr(lib.fft, name)(x, **named).resolve_conj()
        pairs = lib.view_as_real(out) if out.is_complex() else out
        weights = lib.from_numpy(np.cos(np.arange(pairs.numel())).reshape(tuple(pairs.shape)))
        (pairs * weights.to(pairs.dtype)).sum().backward()
        found.append((out.detach(), x.grad))
    for ours, theirs in zip(*found, strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        assert ours.stride() == theirs.stride() or ours is not found[0][0]
        ours, theirs = ours.numpy(), theirs.resolve_conj().numpy()
        rtol = 1e-10 if digits == "double" else 1e-5
        np.testing.assert_allclose(ours, theirs, rtol, rtol * np.abs(theirs).max())


@pytest.mark.parametrize(("name", "named"), CALLS[::2], ids=IDS[::2])
def test_gradients_are_slopes(name: str, named: dict[str, Any]) -> None:
    x = mt.from_numpy(given(name)[:2, :3, :3].copy()).requires_grad_()

    def call(x: Any) -> Any:
        return getattr(mt.fft, name)(x, **named)

    assert gradcheck(call, (x,), fast_mode=True, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(call, (x,), fast_mode=True, check_fwd_over_rev=True)


EXPRESSIONS = """
torch.fft.fft(x, 0) ;; torch.fft.fft(x, -1) ;; torch.fft.fft(x, dim=5)
torch.fft.fft(x, norm='foo') ;; torch.fft.fft(x[0, 0]) ;; torch.fft.fft(x, n=2.5)
torch.fft.fft(x, True) ;; torch.fft.fft([1.0]) ;; torch.fft.fftn(x, s=(1, 2, 3))
torch.fft.fftn(x, s=(2,), dim=(0, 1)) ;; torch.fft.fftn(x, s=3) ;; torch.fft.fftn(x, dim=(0, 0))
torch.fft.fftn(x, s=(0, 2)) ;; torch.fft.fftn(x, dim=0) ;; torch.fft.fftn(x, dim=())
torch.fft.rfftn(x, dim=()) ;; torch.fft.irfftn(x, dim=()) ;; torch.fft.fftn(x[0, 0])
torch.fft.rfft(x * 1j) ;; torch.fft.ihfft(x * 1j) ;; torch.fft.irfft(x[:, :1])
torch.fft.fft(x[:, :0]) ;; torch.fft.irfft(x[:, :0]) ;; torch.fft.fft2(x[0]) ;; torch.fft.hfft(x)
torch.fft.fft(x.half()) ;; torch.fft.fft(x > 1) ;; torch.fft.rfft(i) ;; torch.fft.fft(x.double())
torch.fft.fft(x, out=torch.empty(0, dtype=torch.cdouble))
torch.fft.irfft(x, out=torch.empty(0)) ;; torch.fft.fft(input=x, n=2, dim=0, norm='ortho')
torch.func.vmap(torch.fft.fft)(x) ;; torch.func.vmap(torch.fft.rfftn)(x)
torch.func.vmap(torch.fft.irfft, 1)(x) ;; torch.fft.fftshift(x) ;; torch.fft.fftshift(i, 0)
torch.fft.ifftshift(i) ;; torch.fft.fftshift(x, 3) ;; torch.fft.ifftshift(x, (0, 1))
torch.fft.fftfreq(4, 0.5) ;; torch.fft.rfftfreq(5) ;; torch.fft.fftfreq(0)
torch.fft.rfftfreq(0) ;; torch.fft.fftfreq(5, dtype=torch.float64) ;; torch.fft.fftfreq(-1)
torch.fft.fftfreq(4, dtype=torch.int64) ;; torch.fft.fftfreq(4, dtype=torch.cfloat)
torch.fft.fftfreq(4, 2j) ;; torch.fft.rfftfreq(4, torch.tensor(2.0))
torch.fft.rfftfreq(4, out=torch.empty(3)) ;; torch.fft.fftfreq(4, requires_grad=True)
"""

OVER_TIME = """
torch.stft(t, 8, return_complex=True, window=h) ;; t.stft(8, return_complex=True, window=h)
torch.stft(t, 8) ;; torch.stft(t, 8, return_complex=False, window=h)
torch.stft(t[None], 8, 3, window=h, return_complex=True)
torch.stft(t, 4, 2, return_complex=True, window=h[:4], center=False, normalized=True)
torch.stft(t, 4, 2, 3, return_complex=True, window=h[:3], onesided=False, pad_mode='constant')
torch.stft(t * 1j, 8, window=h) ;; torch.stft(t * 1j, 8, window=h, onesided=True)
torch.stft(t, 8, window=h * 1j) ;; torch.stft(t[:3], 8, return_complex=True, window=h)
torch.stft(t[None, None], 8, return_complex=True, window=h)
torch.stft(t, 8, hop_length=0, return_complex=True, window=h)
torch.stft(t, 8, win_length=9, return_complex=True, window=h)
torch.stft(t, 8, window=h[:7], return_complex=True)
torch.stft(t.long(), 8, return_complex=True, window=h) ;; torch.istft(f, 8, window=h)
f.istft(8, window=h, length=20) ;; torch.istft(f, 8, window=h, length=10)
torch.istft(torch.stft(t * 1j, 8, window=h), 8, window=h, return_complex=True)
torch.istft(torch.stft(t * 1j, 8, window=h), 8, window=h) ;; torch.istft(f.real, 8, window=h)
torch.istft(f[:4], 8, window=h) ;; torch.istft(f, 8, center=False, window=h)
torch.istft(f[:, :0], 8, window=h) ;; torch.istft(f, 8, 9, window=h)
torch.istft(f, 8, window=h[:7])
torch.istft(f, 8, window=h, return_complex=True, onesided=True)
torch.istft(f, 8, window=h * 1j)
"""


def things(lib: Any) -> dict[str, Any]:
    t, h = lib.arange(17.0).sin(), lib.hann_window(8)
    return {
        "x": lib.arange(12.0).reshape(3, 4) ** 2,
        "i": lib.arange(5),
        "t": t,
        "h": h,
        "f": lib.stft(t, 8, window=h, return_complex=True),
    }


def expressions(text: str) -> list[str]:
    return re.split(r" ;; |\n", text.strip())


@pytest.mark.parametrize("expression", expressions(EXPRESSIONS))
def test_expressions_agree_with_pytorch(torch: Any, expression: str) -> None:
    assert_same(torch, written(expression, things), ROUNDING)


@pytest.mark.parametrize("expression", expressions(OVER_TIME))
def test_spectra_over_time_agree_with_pytorch(torch: Any, expression: str) -> None:
    call = written(expression, things)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = call(torch)
        except Exception as error:
            with pytest.raises(type(error)):
                call(mt)
            return
        ours = call(mt)
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-4, atol=2e-6)


def test_a_signal_comes_back() -> None:
    signal = mt.randn(2, 100, dtype=mt.double, requires_grad=True)
    window = mt.hann_window(16, dtype=mt.double)
    found = mt.stft(signal, 16, window=window, return_complex=True)
    back = mt.istft(found, 16, window=window, length=100)
    np.testing.assert_allclose(back.detach().numpy(), signal.detach().numpy(), atol=1e-12)
    back.sum().backward()
    np.testing.assert_allclose(signal.grad.numpy(), np.ones((2, 100)), atol=1e-12)


def test_a_window_that_is_not_given_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="A window was not provided"):
        mt.stft(mt.ones(16), 8, return_complex=True)
