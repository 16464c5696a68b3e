"""Functions of matrices: factors, solvers, norms. Values, gradients and refusals are PyTorch's."""

import math

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck
from tests.support.both import Refusal, compare, refused

random = np.random.default_rng(0)
A = random.standard_normal((2, 3, 3)) + 3 * np.eye(3)
TALL = random.standard_normal((2, 4, 3))
WIDE = random.standard_normal((2, 3, 4))
B = random.standard_normal((2, 3, 2))
NONE = np.zeros((0, 3, 3))


def positive(t, a):
    """Symmetric and positive definite matrices."""
    return a @ a.mT + t.eye(a.shape[-1], dtype=a.dtype)


def packed(t, a):
    return t.linalg.lu_factor_ex(a)[:2]


def reflections(t, a):
    h, tau = t.geqrf(a.detach())
    return h.requires_grad_(), tau.requires_grad_()


# (library, A, TALL, WIDE, B) -> results
CALLS = {
    "addbmm": lambda t, a, m, w, b: t.addbmm(b[0], a, b, beta=0.5, alpha=2),
    "addbmm_": lambda t, a, m, w, b: b[0].clone().addbmm_(a, b),
    "addmv": lambda t, a, m, w, b: t.addmv(b[0, :, 0], a[0], b[1, :, 0], beta=2, alpha=0.5),
    "addr": lambda t, a, m, w, b: t.addr(a[0, 0], b[0, :, 0], a[0, 1], beta=0.5, alpha=2),
    "addr of bools": lambda t, a, m, w, b: t.addr(a[0] > 0, b[0, :, 0] > 0, a[0, 1] > 0),
    "baddbmm": lambda t, a, m, w, b: t.baddbmm(b, a, b, beta=0.5, alpha=2),
    "baddbmm without the input": lambda t, a, m, w, b: t.baddbmm(b * math.nan, a, b, beta=0),
    "vdot": lambda t, a, m, w, b: t.vdot(a[0, 0], a[0, 1]),
    "kron": lambda t, a, m, w, b: (t.kron(a, w), t.kron(a[0, 0], b), t.kron(a.long(), b)),
    "block_diag": lambda t, a, m, w, b: t.block_diag(a[0], b[1], b[0, 0], a[0, 0, 0]),
    "block_diag of dtypes": lambda t, a, m, w, b: t.block_diag(a[0].float(), a[0, 0, 0]),
    "block_diag of nothing": lambda t, a, m, w, b: t.block_diag(),
    "cross": lambda t, a, m, w, b: (t.linalg.cross(a, m[:, :1]), t.cross(b, b + 1, 1)),
    "vecdot": lambda t, a, m, w, b: t.linalg.vecdot(a, b[..., :1], dim=1),
    "cdist of NaN": lambda t, a, m, w, b: t.cdist(a.detach() * t.tensor([1, math.nan, 1]), m, 0.0),
    "diagonal": lambda t, a, m, w, b: t.linalg.diagonal(w, offset=1),
    "vander": lambda t, a, m, w, b: (t.linalg.vander(b, N=4), t.vander(a[0, 0].detach(), 2)),
    "multi_dot": lambda t, a, m, w, b: t.linalg.multi_dot([a[0, 0], a[1], w[0], m[0], b[0]]),
    "chain_matmul": lambda t, a, m, w, b: t.linalg.multi_dot([m[0], a[0], w[0], m[0], b[0]]),
    "matrix_power": lambda t, a, m, w, b: [t.matrix_power(a, n) for n in (0, 1, 2, 5, -1, -2)],
    "matrix_exp": lambda t, a, m, w, b: (t.matrix_exp(a / 9), t.linalg.matrix_exp(a)),
    "matrix_exp of a batch": lambda t, a, m, w, b: [
        t.matrix_exp(t.stack([a[0] * scale, a[1] - 4 * a[0]]).detach())
        for scale in (math.nan, math.inf, -1e5)
    ],
    "H": lambda t, a, m, w, b: (m[0].H, m.mH, m.adjoint()),
    "inv": lambda t, a, m, w, b: (t.linalg.inv(a), a.inverse()),
    "inv of one": lambda t, a, m, w, b: t.linalg.inv(a[0]),
    "solve": lambda t, a, m, w, b: (t.linalg.solve(a, b), t.linalg.solve(a[0], b)),
    "solve for vectors": lambda t, a, m, w, b: t.linalg.solve(a, b[..., 0]),
    "solve from the left": lambda t, a, m, w, b: t.linalg.solve(a, m, left=False),
    "solve_triangular": lambda t, a, m, w, b: [
        t.linalg.solve_triangular(a, b, upper=upper, unitriangular=ones)
        for upper in (True, False)
        for ones in (True, False)
    ],
    "solve_triangular from the left": lambda t, a, m, w, b: t.linalg.solve_triangular(
        a, m, upper=True, left=False
    ),
    "solve_triangular of a zero": lambda t, a, m, w, b: [
        t.linalg.solve_triangular(broken, b.detach(), upper=upper)
        for hole in (0.0, math.nan, math.inf)
        for upper in (True, False)
        for broken in [t.where(t.eye(3).bool() * t.tensor([False, True, False]), hole, a.detach())]
    ],
    "tensorinv": lambda t, a, m, w, b: t.linalg.tensorinv(a[:, None].reshape(2, 3, 1, 3)[0], ind=1),
    "tensorsolve": lambda t, a, m, w, b: t.linalg.tensorsolve(a[0].reshape(3, 1, 3), a[0, :1].T),
    "det": lambda t, a, m, w, b: (t.det(a), a[0].det(), t.linalg.det(a[:, :0, :0])),
    "det of none": lambda t, a, m, w, b: t.linalg.det(a - a[..., :1]),
    "slogdet": lambda t, a, m, w, b: (t.linalg.slogdet(a), a.slogdet(), t.logdet(a)),
    "cholesky": lambda t, a, m, w, b: t.linalg.cholesky(positive(t, a)),
    "cholesky upper": lambda t, a, m, w, b: t.linalg.cholesky(positive(t, a), upper=True),
    "cholesky_solve": lambda t, a, m, w, b: (
        t.cholesky_solve(b, a.tril()),
        t.cholesky_solve(b, a.triu(), upper=True),
    ),
    "cholesky_inverse": lambda t, a, m, w, b: t.cholesky_inverse(a.tril()),
    "qr": lambda t, a, m, w, b: [*map(t.linalg.qr, (a, m, w))],
    "qr complete": lambda t, a, m, w, b: (
        t.linalg.qr(m.detach(), "complete"),
        t.linalg.qr(w, "complete"),
        t.linalg.qr(m.detach(), "r"),
    ),
    "householder_product": lambda t, a, m, w, b: t.linalg.householder_product(
        *reflections(t, m)
    ).detach(),
    "ormqr": lambda t, a, m, w, b: [
        t.ormqr(h, tau, c, left, turned).detach()
        for h, tau in [reflections(t, m)]
        for turned in (True, False)
        for c, left in ((m, True), (w, False))
    ],
    "eigvalsh": lambda t, a, m, w, b: t.linalg.eigvalsh(positive(t, a)),
    "eigh": lambda t, a, m, w, b: t.linalg.eigh(positive(t, a))[1].square(),
    "eigh of the upper": lambda t, a, m, w, b: t.linalg.eigh(a.detach(), "U")[0],
    "eigh of one triangle": lambda t, a, m, w, b: t.linalg.eigvalsh(
        a.detach().tril() + t.full_like(a, math.nan).triu(1)
    ),
    "svdvals": lambda t, a, m, w, b: [*map(t.linalg.svdvals, (a, m, w))],
    "svd": lambda t, a, m, w, b: [
        [x.square() for x in t.linalg.svd(x, full_matrices=False)] for x in (a, m, w)
    ],
    "svd in full": lambda t, a, m, w, b: t.linalg.svd(m)[1],
    "pinv": lambda t, a, m, w, b: [*map(t.linalg.pinv, (a, m, w))],
    "pinv of fewer": lambda t, a, m, w, b: (
        t.linalg.pinv(m, rtol=0.5),
        t.linalg.pinv(m.detach(), atol=t.tensor([0.1, 9.0])),
        t.linalg.pinv(a + a.mT, hermitian=True),
        t.pinverse(w),
    ),
    "matrix_rank": lambda t, a, m, w, b: (
        t.linalg.matrix_rank(w),
        t.linalg.matrix_rank(a - a[..., :1]),
        t.linalg.matrix_rank(a, tol=3.0),
        t.linalg.matrix_rank(a[:, :0]),
    ),
    "lstsq": lambda t, a, m, w, b: [
        [x.detach() for x in t.linalg.lstsq(m, t.cat([b, b[:, :1]], 1), driver=driver)]
        for driver in ("gels", "gelsy", "gelsd", "gelss")
    ],
    "lstsq: what has gradients": lambda t, a, m, w, b: [
        [t.tensor(x.requires_grad) for x in t.linalg.lstsq(x, x[..., :1], driver=driver)]
        for x in (m, w)
        for driver in ("gels", "gelsy", "gelsd")
    ],
    "lstsq of tall ones": lambda t, a, m, w, b: t.linalg.lstsq(m, m[..., :1] + 1).solution,
    "lstsq of wide ones": lambda t, a, m, w, b: t.linalg.lstsq(w, b).solution,
    "lu": lambda t, a, m, w, b: [*map(t.linalg.lu, (a, m, w))],
    "lu_factor": lambda t, a, m, w, b: [t.linalg.lu_factor(x) for x in (a, m, w)],
    "lu_solve": lambda t, a, m, w, b: [
        t.linalg.lu_solve(*packed(t, a), b, adjoint=adjoint) for adjoint in (True, False)
    ],
    "lu_solve from the left": lambda t, a, m, w, b: t.linalg.lu_solve(
        *packed(t, a), m[:, :2], left=False
    ),
    "lu_unpack": lambda t, a, m, w, b: t.lu_unpack(*packed(t, m)),
    "ldl": lambda t, a, m, w, b: [
        (t.linalg.ldl_factor_ex(x), t.linalg.ldl_solve(*t.linalg.ldl_factor(x), b.detach()))
        for x in (a.detach(), a.detach() - 3 * t.eye(3), t.ones(3, 3).double() - t.eye(3))
    ],
    "ldl_solve of a zero": lambda t, a, m, w, b: t.linalg.ldl_solve(
        *t.linalg.ldl_factor_ex(a.detach() * 0)[:2], b.detach()
    ),
    "norm": lambda t, a, m, w, b: [
        t.linalg.norm(w, p, dim=(-2, -1), keepdim=True)
        for p in (None, "fro", "nuc", 2, -2, 1, -1, math.inf, -math.inf)
    ],
    "norm of vectors": lambda t, a, m, w, b: [
        t.linalg.norm(w, p, dim=1) for p in (None, 2, 0, 1, 3, math.inf)
    ],
    "norm of all": lambda t, a, m, w, b: (t.linalg.norm(w), t.linalg.norm(w[0], 1)),
    "matrix_norm": lambda t, a, m, w, b: t.linalg.matrix_norm(w, "nuc", dim=(0, 2)),
    "vector_norm": lambda t, a, m, w, b: t.linalg.vector_norm(w, 3, dim=(0, 2)),
    "norm nuc": lambda t, a, m, w, b: t.norm(w[0], "nuc"),
    "cond": lambda t, a, m, w, b: [
        t.linalg.cond(a.detach(), p) for p in (None, -2, 1, "fro", "nuc")
    ],
    "cond of none": lambda t, a, m, w, b: (
        t.linalg.cond(a.detach() * 0, 1),
        t.linalg.cond(t.eye(2).diag_embed(), "nuc"),
        t.linalg.cond(a[:, :0], 2),
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_calls(torch, call):
    compare(torch, call, A, TALL, WIDE, B, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["inv", "det", "cholesky", "eigh", "qr", "svd", "pinv", "lu"])
def test_batches_of_none(torch, name):
    compare(torch, lambda t, x: getattr(t.linalg, name)(x), NONE)


OLD = {
    "cholesky": lambda t, a: t.cholesky(positive(t, a), True),
    "chain_matmul": lambda t, a: t.chain_matmul(a[0], a[1]),
    "cross": lambda t, a: t.cross(a, a + 1),
    "lu": lambda t, a: t.lu(a, get_infos=True),
    "lu_solve": lambda t, a: t.lu_solve(a, *packed(t, a)),
    "qr": lambda t, a: t.qr(a, some=False),
    "svd": lambda t, a: (t.svd(a)[1], t.svd(a[:, :2], compute_uv=False)),
    "triangular_solve": lambda t, a: [
        t.triangular_solve(a, a, upper, transpose, ones)
        for upper in (True, False)
        for transpose in (True, False)
        for ones in (True, False)
    ],
}


@pytest.mark.parametrize("call", OLD.values(), ids=OLD)
@pytest.mark.filterwarnings("ignore:.*(is deprecated|the dim arg)")
def test_old_names(torch, call):
    compare(torch, call, A, rtol=1e-8, atol=1e-8)


def test_second_gradients(torch):
    """They go through the rules' own ops, and of determinants near zero through cofactors."""

    def call(t, a):
        total = sum(
            f.sum()
            for f in (
                *(t.linalg.det(x) for x in (a, a - a[..., :1])),
                t.linalg.inv(a),
                t.linalg.eigvalsh(positive(t, a)),
                t.linalg.svdvals(a),
                t.linalg.pinv(a[:, :2]),
                t.linalg.cholesky(positive(t, a)),
                t.linalg.lu(a)[1],
                t.linalg.qr(a)[1],
                t.linalg.matrix_exp(a / 4),
            )
        )
        (grad,) = t.autograd.grad(total, a, create_graph=True)
        return grad

    compare(torch, call, A, rtol=1e-7, atol=1e-7)


SINGULAR = mt.tensor([[1.0, 2.0], [2.0, 4.0]])
ASKED = "The diagonal element 2 is zero, the inversion could not be completed because the input"
REFUSALS = {
    "inv": Refusal(
        lambda t: t.linalg.inv(t.ones(2, 2)),
        RuntimeError,
        f"linalg.inv: {ASKED} matrix is singular.",
    ),
    "inv of a batch": Refusal(
        lambda t: t.linalg.inv(t.stack([t.eye(2), t.ones(2, 2)])),
        RuntimeError,
        f"linalg.inv: (Batch element 1): {ASKED}",
    ),
    "solve": Refusal(
        lambda t: t.linalg.solve(t.ones(2, 2), t.ones(2)),
        RuntimeError,
        "torch.linalg.solve: The solver failed because the input matrix is singular.",
    ),
    "solve sizes": Refusal(
        lambda t: t.linalg.solve(t.eye(2), t.ones(3, 2)),
        RuntimeError,
        "linalg.solve: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x2)",
    ),
    "solve dtypes": Refusal(
        lambda t: t.linalg.solve(t.eye(2), t.eye(2).double()),
        RuntimeError,
        "linalg.solve: Expected A and B to have the same dtype, but found A of type Float and B of "
        "type Double instead",
    ),
    "cholesky": Refusal(
        lambda t: t.linalg.cholesky(t.tensor([[1.0, 2.0], [2.0, 1.0]])),
        RuntimeError,
        "linalg.cholesky: The factorization could not be completed because the input is not "
        "positive-definite (the leading minor of order 2 is not positive-definite).",
    ),
    "cholesky of NaN": Refusal(
        lambda t: t.linalg.cholesky(t.stack([t.eye(2), t.tensor([[1.0, 0.0], [math.nan, 2.0]])])),
        RuntimeError,
        "linalg.cholesky: (Batch element 1): The factorization could not be completed because the "
        "input is not positive-definite (the leading minor of order 2 is not positive-definite).",
    ),
    "cholesky of infinity": Refusal(
        lambda t: t.linalg.cholesky(t.tensor([[math.inf, math.inf], [math.inf, 2.0]])),
        RuntimeError,
        "(the leading minor of order 2 is not positive-definite).",
    ),
    "svd": Refusal(
        lambda t: t.linalg.svd(t.ones(2, 2) * math.nan),
        RuntimeError,
        "linalg.svd: The algorithm failed to converge because the input matrix contained "
        "non-finite values.",
    ),
    "lu_factor": Refusal(
        lambda t: t.linalg.lu_factor(t.ones(2, 2)),
        RuntimeError,
        "torch.linalg.lu_factor: U[2,2] is zero and using it on lu_solve would result in a "
        "division by zero.",
    ),
    "square": Refusal(
        lambda t: t.linalg.det(t.ones(2, 3)),
        RuntimeError,
        "linalg.det: A must be batches of square matrices, but they are 2 by 3 matrices",
    ),
    "dimensions": Refusal(
        lambda t: t.linalg.qr(t.ones(2)),
        RuntimeError,
        "linalg.qr: The input tensor A must have at least 2 dimensions.",
    ),
    "integers": Refusal(
        lambda t: t.linalg.svdvals(t.ones(2, 2).long()),
        RuntimeError,
        "linalg.svd: Expected a floating point or complex tensor as input. Got Long",
    ),
    "float16": Refusal(
        lambda t: t.linalg.inv(t.eye(2).half()),
        RuntimeError,
        "linalg.inv: Low precision dtypes not supported. Got Half",
    ),
    "eigh of float16": Refusal(
        lambda t: t.linalg.eigh(t.eye(2).half()),
        NotImplementedError,
        "\"linalg_eigh_cpu\" not implemented for 'Half'",
    ),
    "UPLO": Refusal(
        lambda t: t.linalg.eigh(t.eye(2), "X"),
        RuntimeError,
        "Expected UPLO argument to be 'L' or 'U', but got X",
    ),
    "qr in r": Refusal(
        lambda t: t.linalg.qr(t.eye(2).requires_grad_(), "r")[1].sum().backward(),
        RuntimeError,
        "The derivative of linalg.qr depends on Q, which is not computed when mode='r'.",
    ),
    "norm order": Refusal(
        lambda t: t.linalg.norm(t.ones(2, 2), 3),
        RuntimeError,
        "linalg.matrix_norm: Order 3 not supported.",
    ),
    "norm dims": Refusal(
        lambda t: t.linalg.matrix_norm(t.ones(2, 2), 1, dim=(0, 0)),
        RuntimeError,
        "linalg.matrix_norm: dims must be different. Got (0, 0)",
    ),
    "cross": Refusal(
        lambda t: t.linalg.cross(t.ones(2), t.ones(2)),
        RuntimeError,
        "linalg.cross: inputs dimension -1 must have length 3. Got 2 and 2",
    ),
    "multi_dot": Refusal(
        lambda t: t.linalg.multi_dot([t.ones(2, 3), t.ones(2, 3)]),
        RuntimeError,
        "multi_dot(): tensors 0 and 1 with shapes [2, 3] and [2, 3] cannot be multiplied",
    ),
    "addmm dtypes": Refusal(
        lambda t: t.addmm(t.eye(2).double(), t.eye(2), t.eye(2)),
        RuntimeError,
        "self and mat2 must have the same dtype, but got Double and Float",
    ),
    "gels": Refusal(
        lambda t: t.linalg.lstsq(t.stack([t.eye(2), t.ones(2, 2)]), t.ones(2, 2, 1), driver="gels"),
        RuntimeError,
        "torch.linalg.lstsq: (Batch element 1): The least squares solution could not be computed "
        "because the input matrix does not have full rank (error code: 2).",
    ),
    "driver": Refusal(
        lambda t: t.linalg.lstsq(t.eye(2), t.eye(2), driver="gel"),
        RuntimeError,
        "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)",
    ),
    "svd in a batch": Refusal(
        lambda t: t.linalg.svdvals(t.stack([t.eye(2), t.ones(2, 2) * math.nan])),
        RuntimeError,
        "linalg.svd: (Batch element 1): The algorithm failed to converge",
    ),
    "cholesky_inverse": Refusal(
        lambda t: t.cholesky_inverse(t.stack([t.eye(2), t.ones(2, 2).triu(1)])),
        RuntimeError,
        "cholesky_inverse: (Batch element 1): The diagonal element 1 is zero, the inversion could",
    ),
    "lu_unpack dimensions": Refusal(
        lambda t: t.lu_unpack(t.ones(3), t.ones(1).int()),
        RuntimeError,
        "torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: [3] instead",
    ),
    "lu_unpack pivots": Refusal(
        lambda t: t.lu_unpack(t.eye(2), t.tensor([1, 0]).int()),
        RuntimeError,
        "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.",
    ),
    "lu_solve pivots": Refusal(
        lambda t: t.linalg.lu_solve(t.eye(2), t.tensor([1, 3]).int(), t.eye(2)),
        RuntimeError,
        "Pivots given to lu_solve must all be smaller or equal to LU.size(-2).",
    ),
    "ldl_solve pivots": Refusal(
        lambda t: t.linalg.ldl_solve(t.eye(2), t.tensor([0, 2]).int(), t.eye(2)),
        RuntimeError,
        "Pivots given to ldl_solve must all satisfy |pivot| >= 1.",
    ),
    "ldl_solve kinds": Refusal(
        lambda t: t.linalg.ldl_solve(t.eye(2), t.ones(2), t.eye(2)),
        RuntimeError,
        "torch.linalg.ldl_solve: Expected pivots to be integers. Got Float",
    ),
    "ldl_factor backward": Refusal(
        lambda t: t.linalg.ldl_factor(t.eye(2).requires_grad_())[0].sum().backward(),
        RuntimeError,
        "derivative for aten::linalg_ldl_factor_ex is not implemented",
    ),
    "ldl_solve backward": Refusal(
        lambda t: (
            t.linalg.ldl_solve(t.eye(2), t.tensor([1, 2]).int(), t.eye(2).requires_grad_())
            .sum()
            .backward()
        ),
        RuntimeError,
        "derivative for aten::linalg_ldl_solve is not implemented",
    ),
    "geqrf backward": Refusal(
        lambda t: t.ormqr(*t.geqrf(t.eye(2).requires_grad_()), t.eye(2)).sum().backward(),
        NotImplementedError,
        "the derivative for 'geqrf' is not implemented.",
    ),
    "H": Refusal(
        lambda t: t.ones(2, 2, 2).H,
        RuntimeError,
        "tensor.H is only supported on matrices (2-D tensors). Got 3-D tensor.",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal)


def test_what_has_no_result_is_told_apart_from_other_errors():
    with pytest.raises(mt.linalg.LinAlgError):
        mt.linalg.inv(SINGULAR)
    inverse, info = mt.linalg.inv_ex(mt.stack([mt.eye(2), SINGULAR]))
    assert info.tolist() == [0, 2]
    assert inverse[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    factor, info = mt.linalg.cholesky_ex(mt.stack([mt.eye(2), -SINGULAR]))
    assert info.tolist() == [0, 1]
    assert factor[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_eigenvalues_of_what_is_not_symmetric_are_refused_plainly():
    with pytest.raises(NotImplementedError, match="matrices that are not symmetric are left out"):
        mt.linalg.eigvals(SINGULAR)


@pytest.mark.parametrize("name", ["svd", "svdvals", "eigh", "eigvalsh", "pinv", "matrix_rank"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_is_refused(name: str, value: float) -> None:
    """LAPACK finds some finite values, or goes on for ever: with the infinity it did."""
    x = mt.from_numpy(np.random.default_rng(0).standard_normal((2, 30, 30)))
    x[1, 4, 3] = value
    with pytest.raises(mt.linalg.LinAlgError, match=r"Batch element 1.*non-finite values"):
        getattr(mt.linalg, name)(x)


def test_the_minor_that_is_not_positive_is_named() -> None:
    for at in range(5):
        x = np.eye(5)
        x[at, at] = -1
        assert mt.linalg.cholesky_ex(mt.from_numpy(x)).info == at + 1


def test_elimination_in_panels():
    """More columns than are factored one by one: L and U are those of every step by itself."""
    x = np.random.default_rng(1).standard_normal((2, 100, 90))
    p, lower, upper = mt.linalg.lu(mt.from_numpy(x))
    np.testing.assert_allclose((p @ lower @ upper).numpy(), x, atol=1e-12)
    assert lower.abs().max() == 1


@pytest.mark.parametrize("upper", [True, False])
def test_triangles_in_blocks(torch, upper):
    """More rows than are solved at once; numbers beside the triangle do not count."""
    a = np.random.default_rng(1).standard_normal((2, 150, 150)) / 20 + np.eye(150)
    b = np.random.default_rng(2).standard_normal((150, 2))

    def call(t, a, b):
        return t.linalg.solve_triangular(a, b, upper=upper)

    compare(torch, call, a, b, rtol=1e-8, atol=1e-8)


def test_the_slope_of_matrix_exp_keeps_its_digits_along_a_long_direction() -> None:
    x = mt.from_numpy(A).requires_grad_()
    (want,) = mt.autograd.grad(mt.matrix_exp(x).sum(), x)
    (grad,) = mt.autograd.grad(mt.matrix_exp(x).sum() * 1e12, x)
    np.testing.assert_allclose((grad / 1e12).numpy(), want.numpy(), rtol=1e-12)


def test_batches_are_examples_of_vmap():
    def function(a, b):
        packed = mt.linalg.lu_factor(a)
        return mt.linalg.solve(a, b) + mt.linalg.lu_solve(*packed, b) + mt.linalg.det(a)

    a, b = mt.from_numpy(A), mt.from_numpy(B)
    loop = mt.stack([function(x, y) for x, y in zip(a, b, strict=True)])
    np.testing.assert_allclose(mt.vmap(function)(a, b).numpy(), loop.numpy(), rtol=1e-10)
    with pytest.raises(mt.linalg.LinAlgError, match="Batch element 1"):
        mt.vmap(mt.linalg.inv)(mt.stack([mt.eye(2), SINGULAR]))


@pytest.mark.parametrize("shape", [(7, 4), (2, 3, 5)])
def test_a_few_values_are_those_of_the_same_seed(torch, shape):
    def call(t, x):
        t.manual_seed(0)
        return t.svd_lowrank(x, 2)[1], t.pca_lowrank(x, 3)[1]

    compare(torch, call, np.random.default_rng(0).standard_normal(shape), rtol=1e-8, atol=1e-8)


def test_results_are_printed_as_pytorchs(torch):
    for call in (lambda t: t.linalg.slogdet(t.eye(2)), lambda t: t.linalg.qr(t.eye(1))):
        assert repr(call(mt)) == repr(call(torch))
    assert mt.return_types.linalg_qr is type(mt.linalg.qr(mt.eye(1)))


def test_rules_take_gradients_of_some_outputs_and_of_none() -> None:
    x = mt.tensor([[2.0, 1.0], [0.5, 3.0], [1.0, 1.0]], dtype=mt.float64, requires_grad=True)
    assert gradcheck(lambda x: tuple(mt.linalg.qr(x)), x)
    assert gradcheck(lambda x: tuple(mt.linalg.eigh(x.mT @ x)), x)
    assert gradcheck(lambda x: mt.linalg.svd(x, full_matrices=False)[1], x)
