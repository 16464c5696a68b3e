"""einops on tensors: through a registered back end, and through the array API."""

from functools import partial

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck

einops = pytest.importorskip("einops")
array_api = pytest.importorskip("einops.array_api")

PATTERNS = [
    ("rearrange", "a b c -> c (a b)", {}),
    ("rearrange", "(h w) b c -> b h w c", {"h": 2}),
    ("rearrange", "a ... -> ... a", {}),
    ("reduce", "a b c -> b", {"reduction": "mean"}),
    ("reduce", "a (b d) c -> a d", {"reduction": "max", "d": 3}),
    ("reduce", "a b c -> a 1 c", {"reduction": "prod"}),
    ("repeat", "a b c -> a b (n c)", {"n": 2}),
]


@pytest.mark.parametrize(("name", "pattern", "options"), PATTERNS)
def test_patterns_give_what_they_give_on_arrays(name, pattern, options):
    mt.utils.einops.register()
    x = np.random.default_rng(0).standard_normal((4, 3, 2))
    t = mt.tensor(x, requires_grad=True)
    for library in (einops, array_api):
        run = partial(getattr(library, name), pattern=pattern, **options)
        found = run(t)
        np.testing.assert_allclose(found.detach(), getattr(einops, name)(x, pattern, **options))
        assert gradcheck(run, t)


def test_products_and_packs_give_what_they_give_on_arrays():
    mt.utils.einops.register()
    x = mt.randn(2, 3, 4)
    assert mt.allclose(einops.einsum(x, x, "a b c, a d c -> a b d"), x @ x.mT)
    for library in (einops, array_api):
        packed, shapes = library.pack([x, x[0]], "* b c")
        first, second = library.unpack(packed, shapes, "* b c")
        assert first.equal(x) and second.equal(x[0])
