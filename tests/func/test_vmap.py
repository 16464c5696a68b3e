"""``vmap`` beside PyTorch's and beside a loop."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.vmap.levels import for_each_example
from minitorch.func import vmap


def _numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape)


X, Y = _numbers(4, 3, seed=1), _numbers(4, 3, seed=2)
M = _numbers(4, 3, 3, seed=3)

# What each example is put through: (library, functions of its namespace) -> function of tensors.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...]]] = {
    "arithmetic": (lambda t: lambda x, y: x * y + 2 / (1 + x * x) - y.sum(), (X, Y)),
    "dot": (lambda t: lambda x, y: t.dot(x, y), (X, Y)),
    "matmul": (lambda t: lambda m, x: m @ x, (M, X)),
    "outer": (lambda t: lambda x, y: t.outer(x, y), (X, Y)),
    "views": (lambda t: lambda m: m.t()[1:, :2].reshape(-1).unsqueeze(0), (M,)),
    "softmax": (lambda t: lambda m: t.softmax(m, -1).log().sum(0), (M,)),
    "mean and var": (lambda t: lambda m: m.mean() + m.var(0, keepdim=True), (M,)),
    "max with positions": (lambda t: lambda m: tuple(m.max(1)), (M,)),
    "sort": (lambda t: lambda x: x.sort().values, (X,)),
    "cat and stack": (lambda t: lambda x, y: (t.cat([x, y]), t.stack([x, y], 1)), (X, Y)),
    "where and compare": (lambda t: lambda x, y: t.where(x > y, x, y * 2), (X, Y)),
    "einsum": (lambda t: lambda m, x: t.einsum("ij,j->i", m, x), (M, X)),
    "clone and in-place": (lambda t: lambda x, y: x.clone().mul_(y).add_(1).sub_(y).exp_(), (X, Y)),
    "write into a part": (lambda t: _write_part, (M, X)),
    "new tensors": (lambda t: lambda x: x + t.ones(3, dtype=x.dtype) + t.zeros_like(x), (X,)),
    "constants alone": (lambda t: lambda x: t.ones(2), (X,)),
    "cumsum and flip": (lambda t: lambda m: m.cumsum(1).flip(0), (M,)),
    "norm": (lambda t: lambda m: m.norm(dim=1) + m.norm(), (M,)),
    "diagonal": (lambda t: lambda m: m.diagonal() * t.tril(m)[0], (M,)),
    "count": (lambda t: lambda x: (x > 0).sum() + (x > 0.5).count_nonzero(), (X,)),
    "dicts and lists": (lambda t: lambda x: {"a": x, "b": [x.sum(), (x * 2,)]}, (X,)),
    "rows": (lambda t: lambda m: sum(row * i for i, row in enumerate(m)), (M,)),
    "linear": (lambda t: lambda x, m: t.nn.functional.linear(x, m), (X, M)),
    "prod": (lambda t: lambda m: m.prod(0) + m.prod(), (M,)),
    "expand": (lambda t: lambda x: x.expand(2, 3).sum(0) + x.repeat(2)[:3], (X,)),
    "0-d and dtype": (lambda t: lambda x: x.sum() * t.ones(2, dtype=t.float32), (X,)),
    "masked_fill": (lambda t: lambda x: x.masked_fill(x > 0, 9.0), (X,)),
    "logsumexp": (lambda t: lambda m: m.logsumexp(0), (M,)),
    "index by numbers": (lambda t: lambda m: m[[2, 0]][:, t.tensor([1, 1])], (M,)),
}


def _write_part(m: Any, x: Any) -> Any:
    m = m.clone()
    m[0] = x
    m[:, 1] += 5
    m[1:].mul_(2)
    return m


def _compare(ours: Any, theirs: Any, rtol: float = 1e-9) -> None:
    assert type(ours) is type(theirs) or hasattr(ours, "shape")
    if isinstance(ours, dict):
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(ours, tuple | list):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            _compare(a, b, rtol)
        return
    assert str(ours.dtype) == str(theirs.dtype)
    assert tuple(ours.shape) == tuple(theirs.shape)
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)


def _tensors(library: Any, arrays: Any, **options: Any) -> list[Any]:
    return [library.tensor(x, **options) for x in arrays]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_pytorchs(torch: Any, name: str) -> None:
    function, arrays = FUNCTIONS[name]
    ours = vmap(function(mt))(*_tensors(mt, arrays))
    theirs = torch.func.vmap(function(torch))(*_tensors(torch, arrays))
    _compare(ours, theirs)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_a_loops(name: str) -> None:
    function, arrays = FUNCTIONS[name]
    tensors = _tensors(mt, arrays)
    whole = _leaves(vmap(function(mt))(*tensors))
    rows = [_leaves(function(mt)(*[x[i] for x in tensors])) for i in range(4)]
    for k, got in enumerate(whole):
        expected = mt.stack([row[k] for row in rows])
        assert got.dtype == expected.dtype
        np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-9)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_through_are_pytorchs(torch: Any, name: str) -> None:
    """Backward outside of vmap, which enters the levels again."""
    function, arrays = FUNCTIONS[name]
    grads = []
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
        leaves = _tensors(library, arrays, requires_grad=True)
        outs = [o for o in _leaves(batched(function(library))(*leaves)) if o.requires_grad]
        if not outs:
            return
        total = sum((o * o).sum() for o in outs)
        first = library.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        used = [g for g in first if g is not None]
        second: Any = ()
        if any(g.requires_grad for g in used):
            again = sum((g * g).sum() for g in used)
            second = library.autograd.grad(again, leaves, allow_unused=True)
        grads.append([g for g in (*first, *second) if g is not None])
    _compare(grads[0], grads[1], 1e-7)


def test_golden() -> None:
    """What PyTorch gives for the first example of the documentation, and some more."""
    x = mt.arange(6.0).reshape(2, 3)
    assert vmap(lambda a: a.sum())(x).tolist() == [3.0, 12.0]
    assert vmap(lambda a: a.sum(), in_dims=1)(x).tolist() == [3.0, 5.0, 7.0]
    assert vmap(lambda a: a * 2, out_dims=1)(x).tolist() == [[0, 6], [2, 8], [4, 10]]
    assert vmap(lambda a, b: a + b, in_dims=(0, None))(x, mt.ones(3)).tolist() == [
        [1, 2, 3],
        [4, 5, 6],
    ]
    assert vmap(lambda a: mt.ones(2))(x).tolist() == [[1, 1], [1, 1]]


DIMS: list[tuple[Any, Any, Any]] = [
    (lambda x, y: x * y, (0, 0), 0),
    (lambda x, y: x * y, (1, 1), 1),
    (lambda x, y: x * y, -1, -1),
    (lambda x, y: x * y.sum(), (0, None), 0),
    (lambda x, y: x.sum() * y, (None, 1), 1),
    (lambda x, y: (x, y.sum()), 0, (1, 0)),
    (lambda x, y: (x, {"a": (y, y.sum())}), 0, (1, {"a": (-1, 0)})),
    (lambda x, y: (x, _of(x).ones(2)), 0, (0, None)),
]


@pytest.mark.parametrize(("function", "in_dims", "out_dims"), DIMS)
def test_dimensions(torch: Any, function: Any, in_dims: Any, out_dims: Any) -> None:
    ours = vmap(function, in_dims, out_dims)(*_tensors(mt, (X, Y)))
    theirs = torch.func.vmap(function, in_dims, out_dims)(*_tensors(torch, (X, Y)))
    _compare(ours, theirs)


def _of(x: Any) -> Any:
    """The library that a tensor is of."""
    return mt if isinstance(x, mt.Tensor) else pytest.importorskip("torch")


def test_nested_arguments(torch: Any) -> None:
    def function(pair: Any, named: Any, scale: Any = None, *, shift: Any = 0) -> Any:
        return pair[0] * pair[1][0] + named["a"] * named["b"] + scale * shift

    results = []
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
        x, y = _tensors(library, (X, Y))
        call = batched(function, in_dims=((0, [1]), {"a": 0, "b": None}, None))
        results.append(call((x, [y.t()]), {"a": x, "b": y[0]}, 3.0, shift=x))
    _compare(*results)


def _gradients_of_each(t: Any, batched: Any) -> list[tuple[str, Any]]:
    """Compositions of vmap and gradients, each a result to compare."""

    def slope(f: Any) -> Any:
        def of(x: Any) -> Any:
            if t is not mt:
                return t.func.grad(f)(x)
            leaf = x.detach().requires_grad_()
            (grad,) = mt.autograd.grad(f(leaf), leaf)
            return grad

        return of

    x, m = _tensors(t, (X, M))
    w = t.tensor(Y[0])
    return [
        ("grad inside", batched(slope(lambda a: (a.exp() * w).sum()))(x)),
        ("grad of a product", batched(slope(lambda a: (a @ a.t()).sum()))(m)),
        ("nested", batched(batched(lambda a, b: a * b, (0, None)))(m, x)),
        ("all pairs", batched(batched(t.dot, (None, 0)), (0, None))(x, x)),
        ("three deep", batched(batched(batched(lambda a: a * 2 + a.sum())))(m)),
        (
            "nested, inner over what is shared",
            batched(lambda a: batched(lambda b: a.sum() * b)(w))(x),
        ),
        ("inner level in another dim", batched(batched(lambda a: a.cumsum(0), 1, 1))(m)),
        (
            "in-place on both levels",
            batched(batched(lambda a, b: a.clone().add_(b), (0, None)))(m, m[:, 0].sum(1)),
        ),
        ("grad inside two", batched(batched(slope(lambda a: (a.sin() * a).sum())))(m)),
        ("chunks", batched(lambda a: (a * 2, a.sum()), chunk_size=3)(x)),
        ("chunks in dim 1", batched(lambda a: a * 2, 1, 1, chunk_size=2)(x)),
        (
            "matrix products at two levels",
            batched(batched(lambda a, b: a @ b, (None, 0)), (0, None))(m, m),
        ),
        ("one example", batched(lambda a: a.softmax(0))(x[:1])),
    ]


def test_compositions(torch: Any) -> None:
    ours = _gradients_of_each(mt, vmap)
    theirs = _gradients_of_each(torch, torch.func.vmap)
    for (_, a), (_, b) in zip(ours, theirs, strict=True):
        _compare(a, b)


def test_no_examples() -> None:
    none = mt.zeros(0, 3)
    assert vmap(lambda a: a.sum())(none).shape == (0,)
    assert vmap(lambda a: a.softmax(0).outer(a), out_dims=1)(none).shape == (3, 0, 3)
    assert vmap(lambda a: a * 2, chunk_size=2)(none).shape == (0, 3)
    w = mt.ones(3, requires_grad=True)
    vmap(lambda a: (a * w).sum())(none).sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [0, 0, 0]

    def write(a: Any) -> Any:
        a = a.clone()
        a[0] = 1
        return a

    leaf = mt.zeros(0, 3, requires_grad=True)
    vmap(write)(leaf * 2).sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.shape == (0, 3)


def test_writes_reach_the_argument_as_in_pytorch(torch: Any) -> None:
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
        x = library.tensor(X)
        before = x._version
        batched(lambda a: a.mul_(2))(x)
        np.testing.assert_array_equal(x.numpy(), X * 2)
        assert x._version > before
        batched(lambda a: a[1:].zero_(), in_dims=1)(x)
        assert not x.numpy()[1:].any()


def test_an_argument_with_a_history_gets_that_of_what_is_written() -> None:
    leaf = mt.tensor(X, requires_grad=True)
    x = leaf * 1
    vmap(lambda a: a[1:].mul_(2), in_dims=1)(x)
    x.sum().backward()
    assert leaf.grad.tolist() == [[1] * 3, *[[2] * 3] * 3]
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        vmap(lambda a: a.mul_(2))(leaf)


@pytest.mark.parametrize("make", [lambda t: t * 1, lambda t: t.clone(), mt.zeros_like])
def test_what_is_made_of_an_expanded_argument_has_room_for_each_example(make: Any) -> None:
    def write(t: Any, y: Any) -> Any:
        h = make(t)
        h[:3] = y
        return h

    x = mt.zeros(4, dtype=mt.float64).expand(4, 4)
    assert vmap(write)(x, mt.tensor(X))[:, :3].tolist() == X.tolist()
    with pytest.raises(RuntimeError, match=r"clone\(\)"):
        vmap(lambda t: t.mul_(2))(x)


def test_what_has_no_elements_may_be_written() -> None:
    for shape in ((2, 0, 3), (2, 3, 0)):
        assert vmap(lambda t: t.exp_())(mt.ones(shape)).shape == shape


COPIES: dict[str, Any] = {
    "index_put": lambda x, y, i: x.index_put((i, i % 2), y),
    "index_put, added": lambda x, y, i: x.index_put((i,), y[:, None], accumulate=True),
    "put": lambda x, y, i: x.put(i, y),
    "scatter": lambda x, y, i: x.scatter(0, i[:, None], y[:, None]),
    "select_scatter": lambda x, y, i: x.select_scatter(y, 1, 0),
    "as_strided_scatter": lambda x, y, i: x.as_strided_scatter(y, (3,), (2,)),
}


@pytest.mark.parametrize("call", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("dims", [(None, 0, 0), (None, 0, None), (None, None, 0), (0, 0, 0)])
def test_copies_have_room_for_each_example(call: Any, dims: Any) -> None:
    """Written into is what all examples share, also where it does not lie as its indices go."""
    x = mt.arange(12.0).view(2, 2, 3).mT
    whole = (x, mt.arange(6.0).view(2, 3) + 9, mt.tensor([[0, 2, 1], [1, 0, 2]]))
    given = [t if dim == 0 else t[0] for t, dim in zip(whole, dims, strict=True)]
    rows = [
        [t[0] if dim is None else t[n] for t, dim in zip(whole, dims, strict=True)] for n in (0, 1)
    ]
    assert vmap(call, in_dims=dims)(*given).tolist() == [call(*row).tolist() for row in rows]


def test_versions_are_counted_through_vmap() -> None:
    x = mt.tensor(X)
    w = mt.ones(3, dtype=mt.float64, requires_grad=True)
    y = vmap(lambda a: (a * w).sum())(x)
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_history_of_writes_inside(torch: Any) -> None:
    """Views, writes through them, and gradients, at one level and at two."""

    def function(a: Any, b: Any) -> Any:
        out = a * 1
        view = out[1:]
        view.mul_(b[1:])
        out[0] = b.sum()
        view.t()[0].add_(a[0, 0])
        return out + view.sum()

    for levels in (1, 2):
        grads = []
        for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
            a, b = _tensors(
                library, (_numbers(2, 3, 3, 2), _numbers(2, 3, 3, 2)), requires_grad=True
            )
            call = (
                batched(batched(function))
                if levels == 2
                else batched(lambda a, b: function(a[0], b[0]))
            )
            total = (call(a, b) ** 2).sum()
            grads.append(library.autograd.grad(total, (a, b)))
        _compare(grads[0], grads[1])


def test_a_tensor_that_got_out_is_refused() -> None:
    kept = []

    def function(a: Any) -> Any:
        kept.append(a * 2)
        return a

    vmap(function)(mt.tensor(X))
    with pytest.raises(RuntimeError, match="has left its vmap by another way than being returned"):
        kept[0] + 1


def test_what_one_sees_of_a_tensor_inside() -> None:
    seen: list[Any] = []

    def function(a: Any) -> Any:
        seen.append((a.shape, a.dtype, a.dim(), a.numel(), len(a), a.stride(), a.is_contiguous()))
        seen.append(repr(a))
        return a

    vmap(function, in_dims=1)(mt.arange(6.0).reshape(2, 3))
    assert seen[0] == ((2,), mt.float32, 1, 2, 2, (3,), False)
    assert seen[1] == (
        "BatchedTensor(lvl=1, bdim=0, value=\n    tensor([[0., 3.],\n            [1., 4.],\n"
        "            [2., 5.]])\n)"
    )


def test_printed_at_two_levels_as_in_pytorch(torch: Any) -> None:
    texts = []
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):

        def function(a: Any) -> Any:
            texts.append(str(a))
            return a

        batched(batched(function))(library.arange(6.0).reshape(1, 2, 3))
    assert texts[0] == texts[1]


def test_batched_gradients_of_grad(torch: Any) -> None:
    """``is_grads_batched``: the rows of a Jacobian in one walk, and its own gradient."""
    results = []
    for library in (mt, torch):
        x, m = _tensors(library, (X[0], M[0]), requires_grad=True)
        y = (m @ x).sin()
        eye = library.eye(3, dtype=library.float64)
        options = {"is_grads_batched": True, "create_graph": True}
        rows = library.autograd.grad(y, (x, m), eye, **options)
        second = library.autograd.grad((rows[0] ** 2).sum() + (rows[1] ** 2).sum(), (x, m))
        unused = library.autograd.grad(
            (m * 1).sum(0), (x, m), eye, is_grads_batched=True, allow_unused=True
        )
        assert unused[0] is None
        results.append((*rows, *second, unused[1]))
    _compare(results[0], results[1])


def test_batched_gradients_need_a_batch() -> None:
    x = mt.ones(3, requires_grad=True)
    with pytest.raises(ValueError, match="Expected all tensors to have the same size"):
        mt.autograd.grad(x * 2, x, is_grads_batched=True)
    with pytest.raises(RuntimeError, match="If `is_grads_batched=True`, we interpret the first"):
        mt.autograd.grad(x * 2, x, mt.ones(2, 4), is_grads_batched=True)


def _small_nets(t: Any) -> dict[str, Any]:
    nn = t.nn
    return {
        "mlp": (nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3)), (5, 6)),
        "conv": (
            nn.Sequential(
                nn.Conv2d(2, 4, 3, padding=1),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Conv2d(4, 4, 3, groups=2, bias=False),
                nn.ReLU(),
                nn.AvgPool2d(2),
                nn.Flatten(),
                nn.Linear(4, 3),
            ),
            (5, 2, 8, 8),
        ),
    }


def _with_parameters(net: Any, params: dict[str, Any], x: Any) -> Any:
    """Call a sequence of layers with other parameters than its own."""
    F = mt.nn.functional
    for number, layer in enumerate(net):
        weight, bias = params.get(f"{number}.weight"), params.get(f"{number}.bias")
        if isinstance(layer, mt.nn.Linear):
            x = F.linear(x, weight, bias)
        elif isinstance(layer, mt.nn.Conv2d):
            x = F.conv2d(x, weight, bias, padding=layer.padding, groups=layer.groups)
        else:
            x = layer(x)
    return x


def test_a_gradient_by_what_all_share_is_the_sum() -> None:
    w = mt.tensor(Y[0], requires_grad=True)

    def shared(a: Any) -> Any:
        return mt.autograd.grad((a * w).exp().sum(), w)[0]

    def own(a: Any) -> Any:
        each = for_each_example(w)
        return mt.autograd.grad((a * each).exp().sum(), each)[0]

    of_each = vmap(own)(mt.tensor(X)).numpy()
    np.testing.assert_allclose(of_each, X * np.exp(X * Y[0]))
    whole = vmap(shared, out_dims=None)(mt.tensor(X)).numpy()
    np.testing.assert_allclose(whole, of_each.sum(0))


@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_gradients_for_each_sample(torch: Any, name: str) -> None:
    """The gradients of a network's parameters, sample by sample, beside a loop in PyTorch."""
    ours, shape = _small_nets(mt)[name]
    theirs, _ = _small_nets(torch)[name]
    named = dict(ours.named_parameters())
    theirs.load_state_dict({k: torch.tensor(v.numpy()) for k, v in ours.state_dict().items()})
    images = _numbers(*shape, seed=9).astype(np.float32)
    labels = np.array([0, 2, 1, 1, 0])

    def of_one(image: Any, label: Any) -> Any:
        own = {k: for_each_example(v.detach()).requires_grad_() for k, v in named.items()}
        loss = mt.nn.functional.cross_entropy(_with_parameters(ours, own, image[None]), label[None])
        return mt.autograd.grad(loss, list(own.values()))

    got = vmap(of_one)(mt.tensor(images), mt.tensor(labels))
    for i in range(5):
        out = theirs(torch.tensor(images[i : i + 1]))
        loss = torch.nn.functional.cross_entropy(out, torch.tensor(labels[i : i + 1]))
        expected = torch.autograd.grad(loss, list(theirs.parameters()))
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a[i].numpy(), b.numpy(), rtol=1e-4, atol=1e-6)


def test_second_gradients_of_vmap_by_the_shared_weights() -> None:
    """What vmap computes has gradients of every order, by batched and by shared tensors."""
    w = mt.tensor(Y[0], requires_grad=True)
    x = mt.tensor(X, requires_grad=True)

    def whole(batched: bool) -> Any:
        def one(a: Any) -> Any:
            return ((a * w).sin() * w).sum() ** 2

        value = vmap(one)(x) if batched else mt.stack([one(row) for row in x])
        first = mt.autograd.grad(value.sum(), (w, x), create_graph=True)
        total = sum((g * g).sum() for g in first)
        second = mt.autograd.grad(total, (w, x), create_graph=True)
        return (*first, *second, *mt.autograd.grad(sum((g * g).sum() for g in second), (w, x)))

    for a, b in zip(whole(True), whole(False), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9)


def test_jacobian_from_rows_inside() -> None:
    """A Jacobian in each example: vmap over the examples around vmap over the rows."""

    def jacobian(x: Any) -> Any:
        x = x.detach().requires_grad_()
        y = x.exp() * x.sum()
        rows = vmap(lambda v: mt.autograd.grad(y, x, v, retain_graph=True)[0])
        return rows(mt.eye(3, dtype=mt.float64))

    got = vmap(jacobian)(mt.tensor(X)).numpy()
    for x, j in zip(X, got, strict=True):
        expected = np.diag(np.exp(x) * x.sum()) + np.exp(x)[:, None]
        np.testing.assert_allclose(j, expected, rtol=1e-9)


def test_modules_in_eval_and_batch_norm(torch: Any) -> None:
    """Batch norm with batched input: by its own statistics, and by given ones."""
    for training in (True, False):
        results = []
        for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
            x = library.tensor(_numbers(4, 5, 3, seed=4))
            w = library.tensor(_numbers(3), requires_grad=True)
            stats = (None, None) if training else (x[0, 0] * 0.1, x[0, 1] ** 2 + 1)

            def function(a: Any) -> Any:
                call = library.nn.functional.batch_norm  # noqa: B023
                return call(a, *stats, w, training=training)  # noqa: B023

            out = batched(function)(x)
            (grad,) = library.autograd.grad((out**3).sum(), w)
            results.append((out, grad))
        _compare(results[0], results[1], 1e-7)


def test_running_statistics_of_batch_norm() -> None:
    """They move in each example where they are batched, and cannot where all share them."""
    x, start = mt.tensor(_numbers(4, 5, 3, seed=4)), mt.tensor(Y)

    def statistics(a: Any, mean: Any) -> Any:
        mean, var = mean.clone(), mean + 1
        mt.nn.functional.batch_norm(a, mean, var, training=True)
        return mt.stack([mean, var])

    got = vmap(statistics)(x, start)
    expected = mt.stack([statistics(a, m) for a, m in zip(x, start, strict=True)])
    np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-9)
    with pytest.raises(
        RuntimeError, match="Batch norm got a batched tensor as input while the run"
    ):
        vmap(statistics, (0, None))(x, start[0])
