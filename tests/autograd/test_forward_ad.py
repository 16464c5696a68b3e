"""Dual tensors, row by row, here and in PyTorch."""

from typing import Any

from tests.support.table import leaf, refused, row


def duals(torch: Any, *primal: float) -> Any:
    """A dual tensor whose tangent counts from one."""
    tangent = torch.arange(1.0, 1.0 + len(primal))
    return torch.autograd.forward_ad.make_dual(torch.tensor(list(primal)), tangent)


@row(([4.0, 9.0], [4.0, 12.0]))
def test_a_square(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        return tuple(fw.unpack_dual(duals(torch, 2.0, 3.0) ** 2))


@row(([1.0], None))
def test_what_does_not_move_has_no_tangent(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        return tuple(fw.unpack_dual(torch.tensor([1.0])))


@row([18.0, 2.0])
def test_writes_write_tangents(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x = duals(torch, 2.0, 3.0) * 1
        x[0] = x[1] ** 2 * 1.5
        return fw.unpack_dual(x).tangent


@row(([2.0, 4.0], [1.0, 2.0]))
def test_a_write_into_a_view_leaves_the_source_alone(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x = duals(torch, 2.0, 3.0)
        y = x + 1
        y[:].mul_(2)
        return fw.unpack_dual(y).tangent, fw.unpack_dual(x).tangent


@row(([12.0],))
def test_reverse_over_forward(torch: Any) -> Any:
    fw, x = torch.autograd.forward_ad, leaf(torch, 2.0)
    with fw.dual_level():
        y = fw.make_dual(x, torch.ones(1)) ** 3
        return torch.autograd.grad(fw.unpack_dual(y).tangent, x)


@row(refused(RuntimeError, "no level exists"))
def test_duals_need_a_level(torch: Any) -> Any:
    duals(torch, 1.0)


@row(refused(RuntimeError, "Nested forward mode AD is not supported at the moment"))
def test_levels_do_not_nest(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level(), fw.dual_level():
        pass


@row(refused(ValueError, "Expected primal to be floating point or complex, but got: torch.int64"))
def test_integers_do_not_move(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        fw.make_dual(torch.tensor([1]), torch.tensor([1.0]))


@row(0)
def test_taking_nothing_apart(torch: Any) -> Any:
    with torch.autograd.forward_ad.dual_level():
        return len(duals(torch).unbind(0))


@row("torch.float16")
def test_tangents_have_the_dtype_of_their_tensor(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        exponent = fw.make_dual(torch.ones(2).half(), torch.ones(2).half())
        return str(fw.unpack_dual(torch.tensor([2, 3]) ** exponent).tangent.dtype)


@row(
    refused(RuntimeError, "a forward gradient that has a different size than that of the original")
)
def test_shapes_agree(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        fw.make_dual(torch.ones(2), torch.ones(3))
