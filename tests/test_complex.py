"""Complex numbers: dtypes, promotion, printing, parts, arithmetic, gradients, optimizers."""

import re
import warnings

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck, gradgradcheck
from minitorch.autograd.gradcheck.slopes import GradcheckError
from minitorch.core import dtypes
from tests.support.parity import assert_same, written

ROUNDING = 3e-6

MAKING = """
torch.tensor([1 + 2j, 2.5, True]) ;; torch.tensor(1j).item() ;; torch.tensor([1j]).tolist()
torch.tensor([1 + 2j], dtype=torch.float32) ;; torch.tensor([1 + 0j], dtype=torch.int64)
torch.tensor(1, dtype=torch.cfloat) ;; torch.tensor([1e40 + 0j], dtype=torch.cfloat)
torch.tensor(1j, dtype=torch.bool) ;; torch.tensor(np.complex64(1j))
torch.zeros(2, dtype=complex) ;; torch.from_numpy(np.array([1j], 'c8'))
torch.as_tensor(np.array([1j])) ;; torch.full((2,), 1j)
torch.full((2,), 1j, dtype=torch.float32) ;; torch.eye(2, dtype=torch.cfloat)
torch.arange(0, 2j) ;; torch.linspace(1, 2j, 5) ;; torch.linspace(0, 1, 3, dtype=torch.cdouble)
torch.logspace(0, 1j, 3) ;; torch.arange(0, 3, dtype=torch.cfloat)
torch.finfo(torch.complex64).eps ;; torch.iinfo(torch.cfloat)
torch.set_default_dtype(torch.complex64) ;; z.new_tensor([1.0]) ;; z.new_zeros(2)
x.new_full((2,), 2j) ;; torch.full_like(z, 2) ;; torch.ones_like(z)
torch.view_as_complex(torch.ones(3)) ;; torch.view_as_complex(torch.ones(2, 3).t())
torch.view_as_complex(torch.ones(4)[1:3]) ;; torch.view_as_complex(i) ;; torch.view_as_real(x)
torch.view_as_complex(torch.arange(6.0).view(3, 2)) ;; torch.view_as_real(z)
torch.view_as_real(z).stride() ;; torch.complex(x, x) ;; torch.complex(x, x.double())
torch.complex(x, x[:1]) ;; torch.complex(i, i) ;; torch.polar(x, x) ;; torch.polar(i, i)
"""

DTYPES = """
torch.promote_types(torch.float64, torch.complex64)
torch.promote_types(torch.int64, torch.cfloat)
torch.promote_types(torch.bfloat16, torch.cfloat)
torch.promote_types(torch.cdouble, torch.cfloat) ;; torch.result_type(x.double(), 1j)
torch.result_type(i, 1j) ;; torch.result_type(z, x.double()) ;; torch.result_type(z, s.double())
torch.result_type(x, torch.tensor(1j, dtype=torch.cdouble))
torch.result_type(x.bfloat16(), torch.tensor(1j, dtype=torch.cdouble))
torch.can_cast(torch.complex64, torch.float32) ;; torch.can_cast(torch.int32, torch.complex64)
torch.complex64.abbr ;; torch.complex64.to_real() ;; torch.float64.to_complex()
torch.complex64.is_signed ;; torch.complex64.is_complex ;; torch.complex64.is_floating_point
z.is_complex() ;; torch.is_complex(x) ;; z.is_floating_point() ;; z.element_size() ;; z.type()
z.to(torch.int32) ;; z.bool() ;; z.float() ;; z.cfloat() is z ;; x.cdouble()
x.type(torch.cfloat) ;; float(z[0]) ;; int(z[0]) ;; float(torch.tensor(1 + 0j))
int(torch.tensor(2 + 0j)) ;; complex(z[0]) ;; complex(s) ;; bool(z[0]) ;; bool(torch.tensor(0j))
torch.is_nonzero(z[0]) ;; z.numpy()
"""

ARITHMETIC = """
x + 1j ;; i * 1j ;; (x > 2) * 1j ;; x.double() / 1j ;; 1j / x ;; 2 ** z ;; z ** 2 ;; z ** 0.5
x ** 1j ;; -z ;; abs(z) ;; ~z ;; z % 2 ;; z < 1 ;; z == z ;; x == z ;; x == 1j ;; 1j in z ;; z @ z
x.clone().mul_(1j) ;; x.clone().mul_(z) ;; z.clone().add_(1.5) ;; torch.add(z, 1, alpha=1j)
torch.add(x, 1, alpha=1j) ;; torch.lerp(z, z * 2, 0.25) ;; torch.addcmul(z, z, z, value=1j)
torch.float_power(x, 1j) ;; z.float_power(2) ;; torch.where(x > 1, x, 1j)
torch.where(x > 1, 1j, 2.0) ;; z.real ;; z.imag ;; x.real is x ;; x.imag ;; torch.real(z)
z.conj().resolve_conj() ;; z.angle() ;; z.sgn() ;; z.isreal() ;; z.clone().abs_() ;; z.isfinite()
torch.isclose(z, z + 1e-9) ;; torch.allclose(z, z) ;; torch.equal(z, z) ;; m.H.resolve_conj()
m.mH.resolve_conj() ;; m.adjoint().resolve_conj() ;; torch.vdot(z, z) ;; torch.dot(z, x)
torch.outer(z, x) ;; m @ m ;; torch.einsum('ij,jk->ik', m, m) ;; torch.addmm(m, m, m, beta=1j)
torch.kron(z, z) ;; torch.matrix_power(m, 3) ;; torch.linalg.solve(m, m[0]) ;; torch.linalg.inv(m)
torch.linalg.det(m) ;; torch.linalg.vecdot(z, z) ;; z.sum() ;; x.sum(dtype=torch.cfloat)
z.mean() ;; z.prod() ;; z.cumsum(0) ;; z.cumprod(0) ;; z.var() ;; z.std() ;; z.norm()
torch.linalg.norm(z, 1) ;; z.logsumexp(0) ;; z.any() ;; z.all() ;; torch.count_nonzero(z)
torch.nonzero(z) ;; torch.cov(m) ;; torch.trapezoid(z) ;; torch.diff(z) ;; torch.nan_to_num(z / 0)
torch.cat([z, x]) ;; torch.stack([z, x]) ;; z.roll(1) ;; z.flip(0) ;; z.repeat(2) ;; m.tril()
m.diagonal() ;; z[i > 1] ;; z[[0, 0]] ;; z.gather(0, i - 1) ;; z.take(i - 1)
z.index_select(0, i - 1) ;; z.index_add(0, i * 0, z) ;; z.scatter_add(0, i * 0, z)
z[:0].logsumexp(0) ;; m[:0].logsumexp(0, keepdim=True) ;; (z * 1e3).logsumexp(0) ;; z[:1].std()
s.cfloat().std() ;; m.std(1, keepdim=True) ;; m.std(0, correction=0.5)
z.masked_fill(x > 1, 1j) ;; x.masked_fill(x > 1, 1j) ;; x.index_fill(0, i - 1, 1j)
torch.nn.functional.pad(z, (1, 1)) ;; torch.constant_pad_nd(z, (1, 1), 1j)
torch.nn.functional.conv1d(m[None], m[None]) ;; torch.nn.functional.silu(z)
torch.nn.functional.linear(z, m[0].repeat(1))
torch.linalg.norm(x, dtype=torch.cfloat) ;; torch.linalg.norm(z, dtype=torch.double)
x.scatter(0, i - 1, 1j) ;; x.clone().fill_(torch.tensor(1j)) ;; torch.normal(z, z)
torch.nn.functional.pad(z[None], (2, 2), mode='reflect') ;; torch.exp(z, out=x.clone())
torch.nn.functional.conv_transpose1d(m[None], m[None], m[0]) ;; torch.abs(z, out=x.clone())
"""

REFUSED = """
z.max() ;; z.sort() ;; z.argmax() ;; torch.atan2(z, z) ;; torch.atan2(x, 1j) ;; torch.clamp(x, 1j)
torch.nn.functional.softmax(z, 0) ;; torch.erf(z) ;; torch.fmod(z, 2) ;; torch.hypot(z, z)
z.median() ;; torch.bitwise_and(z, z) ;; z.unique() ;; torch.histc(z) ;; torch.bincount(z)
torch.isposinf(z) ;; torch.nansum(z) ;; torch.deg2rad(z) ;; torch.isin(z, z)
torch.searchsorted(x, z) ;; x.lt(1j) ;; torch.randint(0, 2, (2,), dtype=torch.cfloat)
z.random_() ;; torch.bernoulli(z) ;; z.cummax(0) ;; torch.nn.functional.layer_norm(m, (2,))
torch.nn.functional.relu(z) ;; z.floor() ;; torch.cdist(m, m)
torch.nn.utils.clip_grad_value_(graded(z), 0.5)
torch.nn.functional.mse_loss(z, z) ;; z // 2 ;; torch.func.vmap(torch.relu)(m)
"""

MEMORY = """
f'{z[0]:.2f}' ;; f'{z[0]}' ;; repr(z) ;; repr(m * 1e5) ;; repr(z.cdouble()) ;; repr(z[:0])
repr(z * 1e-7) ;; repr(torch.tensor([1 + 2j, complex('inf'), complex('nan')]))
repr(torch.arange(1001) * (1 + 0.5j)) ;; repr(torch.tensor([-1 - 2j, 0j, -0.0])) ;; repr(g)
repr(g * 2) ;; repr(g.abs()) ;; repr(g.real) ;; z.clone().real.zero_() ;; z.imag.storage_offset()
z.imag.stride() ;; z.untyped_storage().nbytes() ;; torch.view_as_real(z).storage().tolist()
z.view(torch.float32) ;; x[:2].view(torch.cfloat)
"""

DRAWS = "randn(5) rand(5) randn(40) rand(40) randn(2,3,2)"


def things(lib):
    def first(f, x):
        x = x.clone().requires_grad_()
        out = f(x)
        (grad,) = lib.autograd.grad(out, x, lib.ones_like(out) * 1.5, create_graph=True)
        return x, grad

    def second(f, x):
        x, grad = first(f, x)
        return lib.autograd.grad(grad, x, lib.ones_like(grad) * (1 + 0.5j))

    def graded(x):
        p = lib.nn.Parameter(x)
        p.grad = x.clone()
        return p

    return {
        "graded": graded,
        "first": lambda f, x: first(f, x)[1].detach(),
        "second": second,
        "z": lib.tensor([1 + 2j, 3 - 4.5j, -0.5 + 0j]),
        "m": lib.tensor([[1 + 2j, 3j], [0.5, 2 - 1j]]),
        "g": lib.tensor([1 + 2j, 3 - 4.5j], requires_grad=True),
        "x": lib.tensor([1.5, 2.0, 3.0]),
        "i": lib.tensor([1, 2, 3]),
        "s": lib.tensor(2.5),
    }


def expressions(*texts):
    return [e for text in texts for e in re.split(r" ;; |\n", text.strip())]


@pytest.mark.parametrize("expression", expressions(MAKING, DTYPES, ARITHMETIC, MEMORY))
def test_expressions_agree_with_pytorch(torch, expression):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Casting complex values to real|TypedStorage")
        warnings.filterwarnings("ignore", "invalid value|divide by zero")
        assert_same(torch, written(expression, things), ROUNDING)


@pytest.mark.parametrize("expression", expressions(REFUSED))
def test_what_has_no_meaning_is_refused(torch, expression):
    call = written(expression, things)
    with pytest.raises(Exception) as theirs:
        call(torch)
    with pytest.raises(theirs.type):
        call(mt)


@pytest.mark.parametrize("call", DRAWS.split())
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_draws_are_pytorchs(torch, call, dtype):
    name, _, size = call.strip(")").partition("(")
    drawn = []
    for lib in (mt, torch):
        lib.manual_seed(3)
        drawn.append(getattr(lib, name)(eval(f"({size},)"), dtype=getattr(lib, dtype)).numpy())
    np.testing.assert_array_equal(*drawn)


def test_a_cast_to_real_numbers_warns():
    with pytest.warns(UserWarning, match="Casting complex values to real discards the imaginary"):
        assert mt.tensor([1 + 2j]).float().tolist() == [1.0]
    with pytest.warns(UserWarning, match="Casting complex values to real discards the imaginary"):
        mt.ones(1).copy_(mt.tensor([1j]))


def test_parts_may_be_written_to():
    z = mt.tensor([1 + 2j, 3.0])
    z.real = mt.tensor([5.0, 6.0])
    z.imag[1] = 7
    mt.view_as_real(z)[0, 1] += 1
    assert z.tolist() == [5 + 3j, 6 + 7j]


# Of functions that write to parts: value and gradient, in both libraries.
WRITES = {
    "the real part": lambda lib, y: y.real.mul_(2),
    "an imaginary part": lambda lib, y: y.imag[1].fill_(3),
    "pairs": lambda lib, y: lib.view_as_real(y).mul_(lib.arange(2.0)),
    "the whole, seen by a part": lambda lib, y: (y.real, y.mul_(1j)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("order", ["rows", "columns"])
def test_writes_to_parts_are_differentiated(torch, write, order):
    results = []
    for lib in (mt, torch):
        x = lib.tensor([[1 + 2j, 3 - 1j], [1j, 2.0]], requires_grad=True)
        y = x * 2
        y = y.t().clone() if order == "columns" else y
        shown = y.real
        write(lib, y)
        (y.abs().sum() + (shown**2).sum()).backward()
        results += [y.detach().numpy(), x.grad.numpy()]
    np.testing.assert_allclose(results[0], results[2], rtol=1e-6)
    np.testing.assert_allclose(results[1], results[3], rtol=1e-6)


def test_pairs_may_be_written_to_as_complex_numbers(torch):
    results = []
    for lib in (mt, torch):
        x = lib.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        y = x * 2
        lib.view_as_complex(y.view(2, 2)).mul_(1j)
        (y * lib.arange(4)).sum().backward()
        results += [y.detach().numpy(), x.grad.numpy()]
    np.testing.assert_array_equal(results[:2], results[2:])


def test_tangents_do_not_follow_writes_to_parts():
    def f(z):
        y = z * 1
        y.real.mul_(2)
        return y

    z = mt.tensor([1j])
    with pytest.raises(NotImplementedError, match="a part of complex numbers, which cannot"):
        mt.func.jvp(f, (z,), (z,))


GRADIENTS = """
torch.autograd.grad(g * 2, g) ;; torch.autograd.grad(g * 2, g, torch.ones(2))
torch.autograd.grad(g * (2 + 1j), g, torch.ones(2, dtype=torch.cfloat))
(g * g).sum().backward() ;; torch.autograd.grad(g.abs().sum(), g)
torch.autograd.grad((g * g.conj()).real.sum(), g) ;; torch.autograd.grad(g.angle().sum(), g)
torch.autograd.grad((g.exp() / g).imag.sum(), g)
torch.func.grad(lambda z: (z.abs() ** 2).sum())(z) ;; torch.func.vmap(lambda z: z * z)(m)
torch.func.jvp(lambda z: z * z, (z,), (1j * z,))
torch.func.jvp(torch.abs, (z,), (1j * z,))[1].contiguous()
torch.func.jacrev(lambda z: z * z)(z) ;; torch.func.jacfwd(torch.abs)(z)
torch.func.vmap(torch.view_as_real)(m)
torch.func.hessian(lambda x: (x * 1j).abs().pow(3).sum())(x).contiguous()
torch.autograd.functional.jacobian(lambda z: z * z, z)
torch.func.jvp(torch.sgn, (z - 1 - 2j,), (1j * z,))
second(torch.norm, z - 1 - 2j)
second(lambda z: torch.linalg.vector_norm(z, dim=1, keepdim=True), m) ;; second(torch.std, m)
second(lambda z: z.std(0), m[:1].expand(2, 2).clone())
first(lambda z: z.std(0), m[:1].expand(2, 2).clone())
first(lambda x: torch.linalg.vector_norm(x, -1), x - 2) ;; first(torch.norm, z * 0)
"""


@pytest.mark.parametrize("expression", expressions(GRADIENTS))
def test_gradients_agree_with_pytorch(torch, expression):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert_same(torch, written(expression, things), ROUNDING)


def test_a_real_input_gets_the_real_part():
    x = mt.tensor([1.0, 2.0], requires_grad=True)
    ((x * (1 + 2j)) ** 2).real.sum().backward()
    assert x.grad.dtype is mt.float32 and x.grad.tolist() == [-6.0, -12.0]


def drawn(*shape):
    return mt.randn(shape, dtype=mt.cdouble, requires_grad=True)


CHECKED = {
    "product": lambda: (mt.mul, (drawn(2, 3), mt.rand(3, dtype=mt.double, requires_grad=True))),
    "power": lambda: (mt.pow, (drawn(3), drawn(3))),
    "abs": lambda: (mt.abs, (drawn(2, 3),)),
    "angle": lambda: (mt.angle, (drawn(2),)),
    "sgn": lambda: (mt.sgn, (drawn(2),)),
    "conj": lambda: (mt.conj, (drawn(2),)),
    "parts": lambda: (lambda z: (z.real, z.imag), (drawn(2),)),
    "pairs": lambda: (lambda z: mt.view_as_complex(mt.view_as_real(z) * 2), (drawn(2),)),
    "matmul": lambda: (mt.matmul, (drawn(2, 3), drawn(3, 2))),
    "solve": lambda: (mt.linalg.solve, (drawn(3, 3), drawn(3, 2))),
    "cast": lambda: (
        lambda x: x.to(mt.cdouble),
        (mt.rand(2, dtype=mt.double, requires_grad=True),),
    ),
    "std": lambda: (mt.std, (drawn(4),)),
    "sigmoid": lambda: (mt.sigmoid, (drawn(3),)),
}


@pytest.mark.parametrize("made", CHECKED.values(), ids=CHECKED)
def test_gradients_are_slopes_of_both_parts(made):
    mt.manual_seed(0)
    function, inputs = made()
    more = {"check_forward_ad": True, "check_batched_grad": True}
    assert gradcheck(function, inputs, check_batched_forward_grad=True, **more)
    assert gradcheck(function, inputs, fast_mode=True, **more)
    assert gradgradcheck(function, inputs, check_fwd_over_rev=True)


def test_gradcheck_finds_a_rule_that_forgets_to_conjugate():
    class Square(mt.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z * z

        @staticmethod
        def backward(ctx, grad):
            (z,) = ctx.saved_tensors
            return 2 * grad * z

    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradcheck(Square.apply, (drawn(2),))


OPTIMIZERS = "SGD Adam AdamW RMSprop Adagrad Adadelta Adamax NAdam RAdam ASGD Rprop LBFGS"


@pytest.mark.parametrize("name", OPTIMIZERS.split())
def test_optimizers_take_complex_parameters(torch, name):
    found = []
    options = {"initial_accumulator_value": 0.1} if name == "Adagrad" else {}
    for lib in (mt, torch):
        p = lib.nn.Parameter(lib.tensor([1 + 1j, 2 - 1j]))
        optimizer = getattr(lib.optim, name)([p], lr=0.1, **options)

        def loss(p=p, optimizer=optimizer):
            optimizer.zero_grad()
            value = (p.abs() ** 2).sum() + (p * 1j).real.sum()
            value.backward()
            return value

        for _ in range(2):
            optimizer.step(loss)
        found.append(p.detach().numpy())
        state = optimizer.state_dict()["state"].get(0, {})
        kept = {k: v for k, v in state.items() if k != "step" and getattr(v, "ndim", 0)}
        found.append({k: v.numpy() for k, v in kept.items()} if name != "LBFGS" else {})
    np.testing.assert_allclose(found[0], found[2], rtol=1e-5)
    assert found[1].keys() == found[3].keys()
    for key, value in found[1].items():
        assert value.dtype == found[3][key].dtype
        np.testing.assert_allclose(value, found[3][key], rtol=1e-5)


@pytest.mark.parametrize("name", ["Adafactor", "Muon"])
def test_some_optimizers_refuse_them(name):
    p = mt.nn.Parameter(mt.tensor([[1 + 1j]]))
    optimizer = getattr(mt.optim, name)([p])
    (p.abs() ** 2).sum().backward()
    with pytest.raises(RuntimeError, match=f"{name} does not support complex parameters"):
        optimizer.step()


def test_modules_become_complex():
    layer = mt.nn.Linear(2, 2)
    with pytest.warns(UserWarning, match="Complex modules are a new feature"):
        layer.to(mt.complex64)
    assert layer.weight.dtype is mt.complex64
    assert layer.double().weight.dtype is mt.complex64
    assert layer(mt.ones(2, dtype=mt.cfloat)).is_complex()


FIRST = {
    "product": lambda x: x * 1j,
    "power": lambda x: x**1j,
    "base": lambda x: 1j**x,
    "choice": lambda x: mt.where(x > 1, x, 1j),
    "dtype": lambda x: x.to(mt.cfloat) * x,
    "parts": lambda x: mt.complex(x, x) * x,
    "transform": lambda x: mt.fft.fft(x) * x,
}


@pytest.mark.parametrize("function", FIRST.values(), ids=FIRST)
def test_the_first_complex_number_of_a_program_is_noticed(function):
    found = []
    for is_known in (False, True):
        x = mt.tensor([1.5, 0.5], requires_grad=True)
        if not is_known:
            dtypes.complex_seen.clear()
        y = function(x)
        (y.real + 2 * y.imag).sum().backward()
        found.append(x.grad.tolist())
    assert found[0] == found[1] != [0.0, 0.0]


def test_the_door_does_not_look_before_there_are_any(monkeypatch):
    monkeypatch.setattr(dtypes, "complex_seen", [])
    mt.ones(2) * 2.0
    assert not dtypes.complex_seen
