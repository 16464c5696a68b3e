"""autograd.Function: what is written, not differentiable, a view; misuse; forward mode and vmap."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row, warned

# mark_dirty


def add_one_(torch: Any, mark: bool = True) -> Any:
    class AddOne(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            x.add_(1)
            if mark:
                ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 10

    return AddOne


@row((True, [2.0], "AddOneBackward", [10.0]))
def test_a_dirty_input_is_the_output(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 1
    z = add_one_(torch).apply(y)
    z.backward()
    return z is y, y, type(y.grad_fn).__name__, x.grad


@row(
    refused(
        RuntimeError, "a leaf Variable that requires grad has been used in an in-place operation."
    )
)
def test_a_leaf_may_not_be_dirty(torch: Any) -> Any:
    add_one_(torch).apply(leaf(torch, 1.0))


@row(([2.0, 2.0], [10.0, 1.0]))
def test_a_view_may_be_dirty(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    y = x * 1
    add_one_(torch).apply(y[0])
    y.sum().backward()
    return y, x.grad


@row(
    refused(
        RuntimeError, "one of the variables needed for gradient computation has been modified by"
    )
)
def test_what_is_saved_and_dirty_is_refused(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 1
    z = y * y
    add_one_(torch).apply(y)
    return complaint(z.backward)


@row((True, [2.0]))
def test_dirty_without_grad_is_fine(torch: Any) -> Any:
    x = torch.ones(1)
    return add_one_(torch).apply(x) is x, x


@row(
    refused(
        RuntimeError, "Some elements marked as dirty during the forward method were not returned as"
    )
)
def test_a_dirty_input_must_be_returned(torch: Any) -> Any:
    class Writes(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            x.add_(1)
            ctx.mark_dirty(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    return complaint(lambda: Writes.apply(leaf(torch, 1.0) * 1))


# An input returned as it came


def identity(torch: Any) -> Any:
    class Identity(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 10

    return Identity


@row((False, True, "IdentityBackward", True, [10.0]))
def test_an_input_returned_is_a_new_tensor(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = identity(torch).apply(x)
    y.backward()
    return y is x, y.data_ptr() == x.data_ptr(), type(y.grad_fn).__name__, x.is_leaf, x.grad


@row((True, True))
def test_an_input_returned_is_a_view_of_it(torch: Any) -> Any:
    x = leaf(torch, 1.0) * 1
    y = identity(torch).apply(x)
    return y._is_view(), y._base is x


@row(refused(RuntimeError, "Output 0 of Identity is a view and is being modified inplace"))
def test_an_input_returned_may_not_be_written(torch: Any) -> Any:
    y = identity(torch).apply(leaf(torch, 1.0) * 1)
    return complaint(lambda: y.add_(1))


@row((True, "FirstBackward", [1.0, 0.0]))
def test_a_view_returned(torch: Any) -> Any:
    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x[:1]

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return torch.cat([grad, grad * 0])

    x = leaf(torch, 1.0, 2.0)
    y = First.apply(x)
    y.sum().backward()
    return y._is_view(), type(y.grad_fn).__name__, x.grad


@row([5.0])
def test_a_scratch_tensor_kept_on_ctx_does_not_share_history(torch: Any) -> Any:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.kept = x.detach()
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * ctx.kept

    x = leaf(torch, 5.0)
    Double.apply(x).backward()
    return x.grad


# mark_non_differentiable


def sort_with_places(torch: Any, seen: Any = None) -> Any:
    class Sort(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            values, places = x.sort()
            ctx.mark_non_differentiable(places)
            ctx.save_for_backward(places)
            return values, places

        @staticmethod
        def backward(ctx: Any, grad: Any, grad_places: Any) -> Any:
            if seen is not None:
                seen.append(grad_places)
            (places,) = ctx.saved_tensors
            return torch.zeros_like(grad).scatter_(0, places, grad)

    return Sort


@row((True, False, None, [10.0, 1.0]))
def test_what_is_not_differentiable_requires_no_grad(torch: Any) -> Any:
    x = leaf(torch, 3.0, 1.0)
    values, places = sort_with_places(torch).apply(x)
    (values * torch.tensor([1.0, 10.0])).sum().backward()
    return values.requires_grad, places.requires_grad, places.grad_fn, x.grad


@row([[0, 0]])
def test_its_gradient_is_zeros(torch: Any) -> Any:
    seen = []
    sort_with_places(torch, seen).apply(leaf(torch, 3.0, 1.0))[0].sum().backward()
    return seen


@row((True, False))
def test_integer_outputs_are_never_differentiable(torch: Any) -> Any:
    class Count(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, (x > 1).sum()

        @staticmethod
        def backward(ctx: Any, grad: Any, grad_count: Any) -> Any:
            return grad * 2

    y, count = Count.apply(leaf(torch, 3.0, 1.0))
    return y.requires_grad, count.requires_grad


@row((False, [2.0]))
def test_float_outputs_may_be_marked_too(torch: Any) -> Any:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            a, b = x * 2, x * 3
            ctx.mark_non_differentiable(b)
            return a, b

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            return a * 2 + b * 100

    x = leaf(torch, 1.0)
    a, b = Both.apply(x)
    a.backward()
    return b.requires_grad, x.grad


# once_differentiable


def square_once(torch: Any) -> Any:
    once = torch.autograd.function.once_differentiable

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2 * x * grad

    return Square


@row([6.0])
def test_once_differentiable_once(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    square_once(torch).apply(x).backward()
    return x.grad


@row(
    (
        [108.0],
        True,
        refused(RuntimeError, "trying to differentiate twice a function that was marked with"),
    )
)
def test_once_differentiable_twice(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    (first,) = torch.autograd.grad(square_once(torch).apply(x) ** 2, x, create_graph=True)
    return first, first.requires_grad, complaint(first.backward)


@row(False)
def test_a_backward_that_is_not_recorded_is_silently_constant(torch: Any) -> Any:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.x = x.detach()
            return x * x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return 2 * ctx.x * grad

    x = leaf(torch, 3.0)
    (first,) = torch.autograd.grad(Square.apply(x), x, create_graph=True)
    return first.requires_grad


# Misuse


@row(
    (
        [
            refused(
                DeprecationWarning,
                "should not be instantiated",
            )
        ],
        [
            refused(
                RuntimeError,
                "Legacy autograd function with non-static forward method is deprecated",
            )
        ],
    )
)
def test_functions_are_not_called(torch: Any) -> Any:
    errors: list[Any] = []

    def call() -> None:
        function = identity(torch)()
        errors.append(complaint(lambda: function(leaf(torch, 1.0))))

    return warned(call), errors


@row([2.0])
def test_what_is_not_static_is_used_as_it_is(torch: Any) -> Any:
    class Legacy(torch.autograd.Function):
        def forward(self, x: Any) -> Any:
            return x * 2

        def backward(self, grad: Any) -> Any:
            return grad * 2

    return complaint(lambda: Legacy.apply(leaf(torch, 1.0)), result=True)


@row(
    refused(
        NotImplementedError, "You must implement the forward function for custom autograd.Function"
    )
)
def test_a_function_without_forward(torch: Any) -> Any:
    class Empty(torch.autograd.Function): ...

    Empty.apply(leaf(torch, 1.0))


@row(
    refused(
        NotImplementedError, "You must implement either the backward or vjp method for your custom"
    )
)
def test_a_function_without_backward(torch: Any) -> Any:
    class Forward(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

    Forward.apply(leaf(torch, 1.0)).backward()


@row(3.0)
def test_a_forward_that_gives_a_number(torch: Any) -> Any:
    class Number(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return 3.0

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    return complaint(lambda: Number.apply(leaf(torch, 1.0)), result=True)


@row(refused(LookupError, "in my forward"))
def test_an_error_in_forward_comes_out_as_it_is(torch: Any) -> Any:
    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            raise LookupError("in my forward")

    Fails.apply(leaf(torch, 1.0))


@row([2.0])
def test_vjp_is_another_name_of_backward(torch: Any) -> Any:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def vjp(ctx: Any, grad: Any) -> Any:
            return grad * 2

    x = leaf(torch, 1.0)
    Double.apply(x).backward()
    return x.grad


@row(refused(RuntimeError, "Implementing both 'backward' and 'vjp'"))
def test_not_both_names(torch: Any) -> Any:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def vjp(ctx: Any, grad: Any) -> Any:
            return grad * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    Double.apply(leaf(torch, 1.0)).backward()


@row([2.0])
def test_nested_functions(torch: Any) -> Any:
    class Outer(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return identity(torch).apply(x) * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return identity(torch).apply(grad) * 2

    x = leaf(torch, 1.0)
    Outer.apply(x).backward()
    return x.grad


@row(("TenBackward", [10.0]))
def test_functions_are_inherited(torch: Any) -> Any:
    class Ten(identity(torch)):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 10

    x = leaf(torch, 1.0)
    y = Ten.apply(x)
    y.backward()
    return type(y.grad_fn).__name__, x.grad


# Forward mode


def cube(torch: Any) -> Any:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x**3

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return grad * 3 * x * x

        @staticmethod
        def jvp(ctx: Any, tangent: Any) -> Any:
            (x,) = ctx.saved_tensors
            return tangent * 3 * x * x

    return Cube


@row(([8.0], [120.0]))
def test_jvp(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        out = cube(torch).apply(fw.make_dual(torch.tensor([2.0]), torch.tensor([10.0])))
        return fw.unpack_dual(out)


@row(([120.0],))
def test_backward_of_jvp(torch: Any) -> Any:
    fw, x = torch.autograd.forward_ad, leaf(torch, 2.0)
    with fw.dual_level():
        out = cube(torch).apply(fw.make_dual(x, torch.tensor([10.0])))
        return torch.autograd.grad(fw.unpack_dual(out).tangent, x)


@row(
    refused(
        NotImplementedError,
        "You must implement the jvp function for custom autograd.Function to use it with",
    )
)
def test_a_function_without_jvp(torch: Any) -> Any:
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        identity(torch).apply(fw.make_dual(torch.tensor([2.0]), torch.tensor([10.0])))


# func transforms


@row([12.0, 27.0])
def test_func_grad_of_the_new_style(torch: Any) -> Any:
    return torch.func.grad(lambda x: cube(torch).apply(x).sum())(torch.tensor([2.0, 3.0]))


@row(
    refused(
        RuntimeError, "In order to use an autograd.Function with functorch transforms (vmap, grad,"
    ),
    ours=[10.0],
)
def test_func_grad_of_the_old_style(torch: Any) -> Any:
    return torch.func.grad(lambda x: identity(torch).apply(x).sum())(torch.tensor([2.0]))


@row(refused(RuntimeError, "You tried to vmap over Cube, but it does not have vmap support"))
def test_vmap_needs_a_rule(torch: Any) -> Any:
    torch.func.vmap(cube(torch).apply)(torch.tensor([2.0, 3.0]))


@row([8.0, 27.0])
def test_vmap_with_a_rule_made_by_itself(torch: Any) -> Any:
    class Cube(cube(torch)):
        generate_vmap_rule = True

    return torch.func.vmap(Cube.apply)(torch.tensor([2.0, 3.0]))


@row([12.0, 27.0])
def test_vmap_of_grad_with_a_rule_made_by_itself(torch: Any) -> Any:
    class Cube(cube(torch)):
        generate_vmap_rule = True

    return torch.func.vmap(torch.func.grad(Cube.apply))(torch.tensor([2.0, 3.0]))


@row(([8.0, 27.0], [(2, "error", (0,), (2,))]))
def test_vmap_with_a_rule_of_ones_own(torch: Any) -> Any:
    seen = []

    class Cube(cube(torch)):
        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            seen.append((info.batch_size, info.randomness, in_dims, tuple(x.shape)))
            return Cube.apply(x), in_dims[0]

    return torch.func.vmap(Cube.apply)(torch.tensor([2.0, 3.0])), seen


@row(
    refused(
        RuntimeError, "You tried to vmap over Cube, but it has both generate_vmap_rule=True and an"
    )
)
def test_not_both_rules(torch: Any) -> Any:
    class Cube(cube(torch)):
        generate_vmap_rule = True

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return x, 0

    torch.func.vmap(Cube.apply)(torch.tensor([2.0, 3.0]))
