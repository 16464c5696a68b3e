"""What cannot be computed is refused in PyTorch's words, not NumPy's; what can, is computed."""

import re

import pytest

from tests.support.parity import assert_same, written

EXPRESSIONS = """
int(x) ;; float(x) ;; complex(x) ;; int(x[:0]) ;; float(s) ;; int(s) ;; bool(x[:0]) ;; x.item()
reversed(x) ;; reversed(i) ;; reversed(s) ;; list(reversed(i))
s.chunk(2) ;; i.chunk(2.0) ;; i.chunk(0) ;; s.split(1) ;; s.split([1]) ;; i.split([4, -1])
i.split([1, 1]) ;; i.split(2.0) ;; s.unbind() ;; i.unbind(1)
x.repeat(-2, 1) ;; x.repeat(2) ;; x.repeat(2, 2.5) ;; i.tile(-2) ;; i.tile(2.0)
i.roll(1, ()) ;; x.roll(2, dims=()) ;; x.roll((2,), ()) ;; x.roll((), ()) ;; x.roll((1, 2), ())
x.roll((1, 2)) ;; s.roll(1) ;; s.roll(1, 0) ;; x.roll(1.5) ;; x.roll(1, 2)
i.repeat_interleave(-1) ;; i.repeat_interleave(i - 2) ;; i.repeat_interleave(i[:2])
i.repeat_interleave(i[1]) ;; i.repeat_interleave(i[1:2]) ;; i.repeat_interleave(i[None])
i.repeat_interleave(x[0]) ;; i.repeat_interleave([1, 2, 3]) ;; x.repeat_interleave(i, 1)
x.repeat_interleave(2, 2) ;; s.repeat_interleave(2) ;; s.repeat_interleave(i[:1], 0)
i.repeat_interleave(2, output_size=6) ;; i.repeat_interleave(2, output_size=5)
i.repeat_interleave(i, output_size=6) ;; i.repeat_interleave(i, output_size=5)
torch.repeat_interleave(i) ;; torch.repeat_interleave(i, output_size=6)
torch.repeat_interleave(i, output_size=5) ;; torch.repeat_interleave(x[0])
"""


def things(lib):
    return {"x": lib.arange(6.0).reshape(2, 3), "i": lib.tensor([1, 2, 3]), "s": lib.tensor(2.5)}


@pytest.mark.parametrize("expression", re.split(r" ;; |\n", EXPRESSIONS.strip()))
def test_is_as_in_pytorch(torch, expression):
    assert_same(torch, written(expression, things))
