"""Embeddings where the gradient is no slope, and the norm that is kept in place."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck

TABLE = np.random.default_rng(0).standard_normal((5, 9))
INDICES = np.array([[2, 0, 2], [1, 2, 4]])


def gradients(torch: Any, indices: Any = INDICES, **params: Any) -> Any:
    """Of a squared sum: by the table, and that one's by the table and by what came in."""
    weight = torch.tensor(TABLE, requires_grad=True)
    start = torch.ones((*np.shape(indices), 9), dtype=torch.float64, requires_grad=True)
    out = torch.nn.functional.embedding(torch.tensor(indices), weight, **params)
    (first,) = torch.autograd.grad(out**2, weight, start, create_graph=True)
    second = torch.autograd.grad((first**3).sum(), (weight, start))
    return [x.detach().numpy() for x in (out, first, *second)]


@pytest.mark.parametrize("indices", [INDICES, INDICES.astype(np.int32), np.array(2)])
@pytest.mark.parametrize("padding_idx", [None, 2, -3, 0])
def test_padding_has_no_gradient_of_any_order(torch: Any, padding_idx: Any, indices: Any) -> None:
    ours, theirs = (gradients(lib, indices, padding_idx=padding_idx) for lib in (mt, torch))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_padding_has_no_gradient_where_it_is_nan() -> None:
    weight = mt.tensor(TABLE, requires_grad=True)
    out = mt.nn.functional.embedding(mt.tensor([2, 0]), weight, padding_idx=2)
    out.backward(mt.tensor([[np.nan] * 9, [1.0] * 9]))
    assert weight.grad.tolist() == [[1.0] * 9] + [[0.0] * 9] * 4


def test_gradients_divided_by_how_often_a_row_is_named(torch: Any) -> None:
    ours, theirs = (gradients(lib, scale_grad_by_freq=True)[:2] for lib in (mt, torch))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)

    def divided(start: Any) -> Any:
        weight = mt.tensor(TABLE, requires_grad=True)
        out = mt.embedding(weight, mt.tensor(INDICES), 0, scale_grad_by_freq=True)
        return mt.autograd.grad(out, weight, start, create_graph=True)[0]

    assert gradcheck(divided, mt.ones(2, 3, 9, dtype=mt.float64, requires_grad=True))


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.5, float("inf"), 0.0])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_large_rows_are_scaled_down_in_place(torch: Any, dtype: str, norm_type: float) -> None:
    def run(torch: Any) -> Any:
        weight = torch.tensor(TABLE, dtype=getattr(torch, dtype), requires_grad=True)
        indices = torch.tensor(INDICES.astype(np.int32))
        out = torch.nn.functional.embedding(indices, weight, max_norm=2.0, norm_type=norm_type)
        out.sum().backward()
        assert weight._version == 1
        return [x.detach().numpy() for x in (out, weight, weight.grad)]

    rtol = {"float32": 1e-6, "float64": 1e-14, "float16": 2e-3}[dtype]
    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol)


def test_indices_that_are_written_to_before_backward() -> None:
    indices = mt.tensor([0, 1])
    out = mt.embedding(mt.ones(3, 2, requires_grad=True), indices)
    indices.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


def test_a_sparse_gradient_is_dense_and_said_to_be() -> None:
    layer = mt.nn.Embedding(4, 2, sparse=True)
    with pytest.warns(UserWarning, match="no sparse tensors"):
        layer(mt.tensor([1, 1])).sum().backward()
    assert layer.weight.grad.tolist() == [[0, 0], [2, 2], [0, 0], [0, 0]]
    with mt.no_grad():
        layer(mt.tensor([1]))


def test_a_pretrained_table(torch: Any) -> None:
    table = mt.tensor([[3.0, 4.0], [1.0, 0.0]])
    layer = mt.nn.Embedding.from_pretrained(table, padding_idx=1, max_norm=1.0)
    assert layer.weight.data_ptr() == table.data_ptr()
    assert not layer.weight.requires_grad
    assert layer(mt.tensor([[0, 1]])).tolist() == [
        [pytest.approx([0.6, 0.8], rel=1e-6), [1.0, 0.0]]
    ]
    assert table.tolist()[0] == pytest.approx([0.6, 0.8], rel=1e-6)
    assert mt.nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad
    assert repr(layer) == repr(
        torch.nn.Embedding.from_pretrained(torch.ones(2, 2), padding_idx=1, max_norm=1.0)
    )


def test_all_examples_at_once() -> None:
    weight, indices = mt.randn(3, 5, 9), mt.randint(0, 5, (3, 4))
    batched = mt.vmap(mt.nn.functional.embedding)(indices, weight)
    expected = mt.stack([weight[i][indices[i]] for i in range(3)])
    assert mt.equal(batched, expected)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding_idx", [None, 2, -5])
@pytest.mark.parametrize("offsets", [[0, 2, 2, 5], [0, 0, 6], [0]])
def test_bags(torch: Any, offsets: Any, padding_idx: Any, mode: str) -> None:
    def run(torch: Any) -> Any:
        weight = torch.tensor(TABLE, requires_grad=True)
        bags = torch.nn.functional.embedding_bag(
            torch.tensor(INDICES.reshape(-1)),
            weight,
            torch.tensor(offsets),
            mode=mode,
            padding_idx=padding_idx,
        )
        (bags**2).sum().backward()
        return [x.detach().numpy() for x in (bags, weight.grad)]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_factors_of_rows_in_bags(torch: Any) -> None:
    def run(torch: Any) -> Any:
        weight, factors = torch.tensor(TABLE), torch.tensor(TABLE[:2, :3].copy())
        for x in (weight, factors):
            x.requires_grad_()
        indices = torch.tensor(INDICES)
        bags = torch.nn.EmbeddingBag.from_pretrained(weight, mode="sum", padding_idx=2)(
            indices, per_sample_weights=factors
        ) + torch.nn.functional.embedding_bag(
            indices, weight, mode="sum", per_sample_weights=factors
        )
        (bags**2).sum().backward()
        return [x.detach().numpy() for x in (bags, weight.grad, factors.grad)]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_maxima_of_ties_and_nan(torch: Any) -> None:
    table = [[1.0, np.nan, 2.0], [np.nan, 2.0, 2.0], [3.0, 4.0, 2.0]]

    def run(torch: Any) -> Any:
        weight = torch.tensor(table, requires_grad=True)
        indices, offsets = torch.tensor([0, 1, 2, 1, 0, 0]), torch.tensor([0, 3, 5, 6])
        bags = torch.embedding_bag(weight, indices, offsets, False, 2)
        bags[0].sum().backward()
        return [x.detach().numpy() for x in (bags[0], bags[1], weight.grad)]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_tangents_know_no_padding_and_no_frequency() -> None:
    table = mt.tensor(TABLE)
    weighted = {"padding_idx": 0, "scale_grad_by_freq": True}
    rows, tangents = mt.func.jvp(
        lambda weight: mt.nn.functional.embedding(mt.tensor(INDICES), weight, **weighted),
        (table,),
        (table.cos(),),
    )
    assert mt.equal(tangents, rows.cos())
