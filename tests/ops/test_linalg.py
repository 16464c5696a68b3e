"""Products of matrices and vectors, and einsum: as in PyTorch."""

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

import minitorch as mt
from minitorch.ops.linalg import affine, products
from tests.support.both import Refusal, compare, refused

random = np.random.default_rng(0)
A = random.standard_normal((3, 4)).astype(np.float32)
B = random.standard_normal((4, 5)).astype(np.float32)
BATCH = random.standard_normal((2, 3, 4)).astype(np.float32)
W = random.standard_normal((5, 4)).astype(np.float32)
BIAS = random.standard_normal(5).astype(np.float32)

PRODUCTS = {
    "mm": lambda t, a, b: a.mm(b),
    "matmul": lambda t, a, b: a @ b,
    "transposed": lambda t, a, b: b.t() @ a.t(),
    "strided": lambda t, a, b: a[::2, 1:3] @ b[1::2, ::2],
    "vector": lambda t, a, b: a @ b[:, 0],
    "vector_first": lambda t, a, b: a[0] @ b,
    "vectors": lambda t, a, b: a[1] @ b[:, 2],
    "mv": lambda t, a, b: t.mv(a, b[:, 1]),
    "dot": lambda t, a, b: a[1].dot(b[:, 1]),
    "outer": lambda t, a, b: t.outer(a[0], b[0]),
    "addmm": lambda t, a, b: t.addmm(b[0], a, b, beta=0.5, alpha=2),
    "batch_by_matrix": lambda t, a, b: t.stack([a, a * 2]) @ b,
    "matrix_by_batch": lambda t, a, b: a @ t.stack([b, b - 1]),
    "batch_by_vector": lambda t, a, b: t.stack([a, a * 2]) @ b[:, 0],
    "vector_by_batch": lambda t, a, b: a[0] @ t.stack([b, b - 1]),
    "broadcast": lambda t, a, b: a.view(3, 1, 1, 4) @ t.stack([b, b * b]),
    "bmm": lambda t, a, b: t.bmm(t.stack([a, a * 2]), t.stack([b, -b])),
    "no_rows": lambda t, a, b: a[:0] @ b,
    "no_columns": lambda t, a, b: a[:, :0] @ b[:0],
    "no_batch": lambda t, a, b: a[None][:0] @ b,
    "inner": lambda t, a, b: t.inner(a, b.t()),
    "inner_vectors": lambda t, a, b: t.inner(a[0], b[:, 0]),
    "tensordot": lambda t, a, b: t.tensordot(a, b, 1),
    "tensordot_dims": lambda t, a, b: t.tensordot(a, b, ([1], [0])),
    "tensordot_two": lambda t, a, b: t.tensordot(a, a.t(), dims=([0, 1], [1, 0])),
    "trace": lambda t, a, b: t.trace(a),
}
EINSUMS = [
    "ij,jk->ik",
    "ij,jk",
    "ij,jk->ki",
    "ij,jk->",
    "ij,jk->j",
    "ij,kl->ijkl",
    "ij,kl->i",
    "ij,jk->ijk",
    "ij,jk->k",
    " i j , j k -> i k ",
]
SINGLE = ["ij->ji", "ij->", "ij->j", "ij", "ji", "i...->...", "...j->...", "...", "ij->..."]
SHAPED = [
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bij,bjk->ki", (2, 3, 4), (2, 4, 5)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    ("...ij,...jk->...ik", (2, 1, 3, 4), (3, 4, 5)),
    ("...ij,...jk", (3, 4), (2, 4, 5)),
    ("b...,...->b", (2, 3, 4), (3, 4)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("iji->j", (3, 2, 3)),
    ("ii,ij->j", (3, 3), (3, 2)),
    ("i,j,k->kji", (2,), (3,), (4,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("ij,j,jk,k->i", (2, 3), (3,), (3, 4), (4,)),
    ("i,i->", (3,), (3,)),
    ("i,->i", (3,), ()),
    ("aB,Bc->ca", (2, 3), (3, 4)),
    ("ij,ij->ij", (3, 4), (1, 4)),
    ("ij,jk->ik", (0, 3), (3, 2)),
    ("ij,jk->ik", (2, 0), (0, 3)),
]
NAMES = {
    "MmBackward0": lambda t, a, b: a @ b,
    "MvBackward0": lambda t, a, b: a @ b[:, 0],
    "DotBackward0": lambda t, a, b: a[0] @ b[:, 0],
    "BmmBackward0": lambda t, a, b: t.bmm(a[None], b[None]),
    "UnsafeViewBackward0": lambda t, a, b: a[None] @ b,
    "MulBackward0": lambda t, a, b: t.outer(a[0], b[0]),
    "AddmmBackward0": lambda t, a, b: linear(t)(a, b.t(), b[0]),
}
REFUSALS = {
    "mm": Refusal(
        lambda t, a, b: t.zeros(2, 3) @ b,
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
    ),
    "vector_first": Refusal(
        lambda t, a, b: t.zeros(3) @ b,
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (1x3 and 4x5)",
    ),
    "vector": Refusal(
        lambda t, a, b: a @ t.zeros(3),
        RuntimeError,
        "size mismatch, got input (3), mat (3x4), vec (3)",
    ),
    "vectors": Refusal(
        lambda t, a, b: a[0] @ t.zeros(3),
        RuntimeError,
        "inconsistent tensor size, expected tensor [4] and src [3] to have the same number of "
        "elements, but got 4 and 3 elements respectively",
    ),
    "batch_by_matrix": Refusal(
        lambda t, a, b: t.zeros(2, 2, 3) @ b,
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (4x3 and 4x5)",
    ),
    "batches": Refusal(
        lambda t, a, b: t.zeros(2, 2, 3) @ t.zeros(2, 4, 5),
        RuntimeError,
        "Expected size for first two dimensions of batch2 tensor to be: [2, 3] but got: [2, 4].",
    ),
    "batch_sizes": Refusal(
        lambda t, a, b: t.zeros(2, 2, 3) @ t.zeros(3, 3, 5),
        RuntimeError,
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
    ),
    "zero_d": Refusal(
        lambda t, a, b: a[0, 0] @ b,
        RuntimeError,
        "both arguments to matmul need to be at least 1D, but they are 0D and 2D",
    ),
    "number": Refusal(lambda t, a, b: a @ 2, TypeError, "unsupported operand type(s) for @"),
    "matmul_number": Refusal(
        lambda t, a, b: t.matmul(a, 2),
        TypeError,
        "matmul(): argument 'other' (position 2) must be Tensor, not int",
    ),
    "dtype": Refusal(
        lambda t, a, b: a @ b.double(),
        RuntimeError,
        "expected m1 and m2 to have the same dtype, but got: float != double",
    ),
    "dtype_long": Refusal(
        lambda t, a, b: a @ b.long(),
        RuntimeError,
        "expected m1 and m2 to have the same dtype, but got: float != long int",
    ),
    "dtype_dot": Refusal(
        lambda t, a, b: a[0] @ b[:, 0].double(),
        RuntimeError,
        "dot : expected both vectors to have same dtype, but found Float and Double",
    ),
    "bool": Refusal(
        lambda t, a, b: (a > 0) @ (b > 0),
        NotImplementedError,
        "\"addmm_impl_cpu_\" not implemented for 'Bool'",
    ),
    "mm_of_batches": Refusal(
        lambda t, a, b: t.mm(a[None], b), RuntimeError, "self must be a matrix"
    ),
    "mv_of_matrix": Refusal(
        lambda t, a, b: t.mv(a, b), RuntimeError, "vector + matrix @ vector expected, got 1, 2, 2"
    ),
    "dot_of_matrix": Refusal(
        lambda t, a, b: t.dot(a, b), RuntimeError, "1D tensors expected, but got 2D and 2D tensors"
    ),
    "bmm_of_matrix": Refusal(
        lambda t, a, b: t.bmm(a, b), RuntimeError, "batch1 must be a 3D tensor"
    ),
    "bmm_sizes": Refusal(
        lambda t, a, b: t.bmm(a[None], a[None]),
        RuntimeError,
        "Expected size for first two dimensions of batch2 tensor to be: [1, 4] but got: [1, 3].",
    ),
    "outer": Refusal(
        lambda t, a, b: t.outer(a, b),
        RuntimeError,
        "outer: Expected 1-D argument self, but got 2-D",
    ),
    "linear": Refusal(
        lambda t, a, b: linear(t)(a, b),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)",
    ),
    "linear_batch": Refusal(
        lambda t, a, b: linear(t)(a.expand(2, 3, 4), b),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (6x4 and 5x4)",
    ),
    "linear_bias": Refusal(
        lambda t, a, b: linear(t)(a, b.t(), t.zeros(4)),
        RuntimeError,
        "The expanded size of the tensor (5) must match the existing size (4) at non-singleton "
        "dimension 1.  Target sizes: [3, 5].  Tensor sizes: [4]",
    ),
    "linear_dtype": Refusal(
        lambda t, a, b: linear(t)(a, b.t().double()),
        RuntimeError,
        "expected m1 and m2 to have the same dtype, but got: float != double",
    ),
    "linear_bias_dtype": Refusal(
        lambda t, a, b: linear(t)(a, b.t(), t.zeros(5, dtype=t.float64)),
        RuntimeError,
        "self and mat2 must have the same dtype, but got Double and Float",
    ),
    "einsum_size": Refusal(
        lambda t, a, b: t.einsum("ij,jk", a, a),
        RuntimeError,
        "einsum(): subscript j has size 3 for operand 1 which does not broadcast with previously "
        "seen size 4",
    ),
    "einsum_unknown": Refusal(
        lambda t, a, b: t.einsum("ij->ijk", a),
        RuntimeError,
        "einsum(): output subscript k does not appear in the equation for any input operand",
    ),
    "einsum_more": Refusal(
        lambda t, a, b: t.einsum("ij", a, b),
        RuntimeError,
        "einsum(): more operands were provided than specified in the equation",
    ),
    "einsum_fewer": Refusal(
        lambda t, a, b: t.einsum("ij,jk", a),
        RuntimeError,
        "einsum(): fewer operands were provided than specified in the equation",
    ),
    "einsum_count": Refusal(
        lambda t, a, b: t.einsum("ijk", a),
        RuntimeError,
        "einsum(): the number of subscripts in the equation (3) does not match the number of "
        "dimensions (2) for operand 0 and no ellipsis was given",
    ),
    "einsum_letter": Refusal(
        lambda t, a, b: t.einsum("i1", a), RuntimeError, "subscripts must be in [a-zA-Z]"
    ),
    "einsum_output_twice": Refusal(
        lambda t, a, b: t.einsum("ij->ii", a),
        RuntimeError,
        "einsum(): output subscript i appears more than once",
    ),
    "einsum_diagonal": Refusal(
        lambda t, a, b: t.einsum("ii", a),
        RuntimeError,
        "einsum(): subscript i is repeated for operand 0 but the sizes don't match, 4 != 3",
    ),
}


def linear(module):
    """``functional.linear`` of either module."""
    return affine.linear if module is mt else module.nn.functional.linear


@pytest.mark.parametrize("call", PRODUCTS.values(), ids=PRODUCTS)
def test_products(torch, call):
    compare(torch, call, A, B, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("equation", EINSUMS)
def test_einsum_of_two(torch, equation):
    compare(torch, lambda t, a, b: t.einsum(equation, a, b), A, B, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("equation", SINGLE)
def test_einsum_of_one(torch, equation):
    compare(torch, lambda t, a: t.einsum(equation, [a]), A, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("equation", "shapes"), [(case[0], case[1:]) for case in SHAPED])
def test_einsum(torch, equation, shapes):
    arrays = [np.random.default_rng(i).standard_normal(shape) for i, shape in enumerate(shapes)]
    compare(torch, lambda t, *x: t.einsum(equation, *x), *arrays, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 4), (4,), (2, 3, 4), (0, 4), (2, 0, 4)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(torch, shape, bias):
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)

    def call(t, x, w, b):
        return linear(t)(x, w, b if bias else None)

    compare(torch, call, x, W, BIAS, rtol=1e-5, atol=1e-6)
    names = [
        call(t, *(t.from_numpy(a).requires_grad_() for a in (x, W, BIAS))) for t in (mt, torch)
    ]
    if len(shape) > 1:
        assert names[0].grad_fn.name() == names[1].grad_fn.name()


def test_linear_of_a_weight_without_rows(torch):
    compare(torch, lambda t, x, w: linear(t)(x, w[0]), A, W, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 5), (3, 5), (3, 1), (2, 3, 5)])
def test_linear_with_a_bias_that_is_broadcast(torch, shape):
    x = np.stack([A, A]) if len(shape) == 3 else A
    bias = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    compare(torch, lambda t, x, w, b: linear(t)(x, w, b), x, W, bias, rtol=1e-5, atol=1e-6)


def test_linear_computes_only_what_is_asked_for(monkeypatch):
    asked = []
    real = products.Mm.apply
    monkeypatch.setattr(
        products.Mm, "apply", lambda a, b: asked.append((a.shape, b.shape)) or real(a, b)
    )
    x, w, b = mt.ones(2, 4), mt.ones(5, 4, requires_grad=True), mt.ones(5, requires_grad=True)
    affine.linear(x, w, b).sum().backward()
    assert asked == [((5, 2), (2, 4))]
    assert w.grad.is_contiguous()


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "float16"])
def test_other_dtypes(torch, dtype):
    def call(t, a, b):
        kind = getattr(t, dtype)
        a, b = (a.detach() * 3).abs().to(kind), (b.detach() * 3).abs().to(kind)
        return a @ b, a @ b[:, 0], t.stack([a, a]) @ t.stack([b, b])

    compare(torch, call, A, B, rtol=1e-3)


def test_float16_is_multiplied_in_float32():
    row = mt.ones(1, 4096, dtype=mt.float16)
    assert (row @ row.t()).item() == 4096  # sums kept in float16 stop at 2048
    assert affine.linear(row, row).item() == 4096


@pytest.mark.parametrize(("name", "call"), NAMES.items(), ids=NAMES)
def test_nodes_have_pytorchs_names(torch, name, call):
    for module in (mt, torch):
        a, b = module.ones(3, 4, requires_grad=True), module.ones(4, 5, requires_grad=True)
        assert call(module, a, b).grad_fn.name() == name


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal, A, B)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal, A, B)


SIDES = st.lists(st.integers(0, 3), max_size=2).map(tuple)


@given(lead=SIDES, other_lead=SIDES, sizes=st.tuples(*[st.integers(0, 3)] * 3), data=st.data())
def test_any_batches_multiply(torch, lead, other_lead, sizes, data):
    rows, inner, columns = sizes
    try:
        np.broadcast_shapes(lead, other_lead)
    except ValueError:
        assume(False)
    shapes = [(*lead, rows, inner), (*other_lead, inner, columns)]
    arrays = [np.random.default_rng(i).standard_normal(s) for i, s in enumerate(shapes)]
    if data.draw(st.booleans()):
        arrays[0] = np.ascontiguousarray(arrays[0].swapaxes(-1, -2)).swapaxes(-1, -2)
    compare(torch, lambda t, a, b: a @ b, *arrays, rtol=1e-11, atol=1e-12)


@given(
    equation=st.lists(
        st.lists(st.sampled_from("abc"), unique=True, max_size=3).map("".join),
        min_size=1,
        max_size=3,
    ),
    data=st.data(),
)
def test_any_equation(torch, equation, data):
    letters = sorted(set("".join(equation)))
    result = data.draw(st.permutations(letters).map(lambda p: "".join(p[: len(p) // 2 + 1])))
    sizes = {"a": 2, "b": 3, "c": 1}
    arrays = [
        np.random.default_rng(i).standard_normal([sizes[n] for n in term])
        for i, term in enumerate(equation)
    ]
    text = ",".join(equation) + "->" + result
    compare(torch, lambda t, *x: t.einsum(text, *x), *arrays, rtol=1e-11, atol=1e-12)


def test_golden_numbers_without_pytorch():
    a = mt.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    b = mt.tensor([[5.0, 6.0], [7.0, 8.0]])
    assert (a @ b).tolist() == [[19, 22], [43, 50]]
    (a @ b).sum().backward()
    assert a.grad.tolist() == [[11, 15], [11, 15]]
    assert mt.einsum("ij,kj->ik", a, b).tolist() == [[17, 23], [39, 53]]
    assert affine.linear(a, b, mt.tensor([1.0, -1.0])).tolist() == [[18, 22], [40, 52]]
    assert mt.outer(b[0], b[1]).tolist() == [[35, 40], [42, 48]]
