"""autograd.Function: forward and backward, what ctx offers, what it refuses."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row


def multiply_add(torch: Any) -> Any:
    """w * x + b, as in the articles."""

    class MultiplyAdd(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, w: Any, x: Any, b: Any) -> Any:
            ctx.save_for_backward(w, x)
            return w * x + b

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            w, x = ctx.saved_tensors
            return grad * x, grad * w, grad

    return MultiplyAdd


def new_style(torch: Any) -> Any:
    class MultiplyAdd(torch.autograd.Function):
        @staticmethod
        def forward(w: Any, x: Any, b: Any) -> Any:
            return w * x + b

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            w, x, _ = inputs
            ctx.save_for_backward(w, x)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            w, x = ctx.saved_tensors
            return grad * x, grad * w, grad

    return MultiplyAdd


def with_backward(torch: Any, rule: Any) -> Any:
    """A function that doubles, whose backward is given."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return rule(ctx, grad)

    return Double


# Both styles


@row(([10.0], [3.0], [2.0], [1.0]))
def test_gradients_of_all_inputs(torch: Any) -> Any:
    w, x, b = leaf(torch, 2.0), leaf(torch, 3.0), leaf(torch, 4.0)
    y = multiply_add(torch).apply(w, x, b)
    y.backward()
    return y, w.grad, x.grad, b.grad


@row(([10.0], [3.0], [2.0], [1.0]))
def test_gradients_of_all_inputs_in_the_new_style(torch: Any) -> Any:
    w, x, b = leaf(torch, 2.0), leaf(torch, 3.0), leaf(torch, 4.0)
    y = new_style(torch).apply(w, x, b)
    y.backward()
    return y, w.grad, x.grad, b.grad


@row(("tensor([2.], grad_fn=<MultiplyAddBackward>)", "tensor([2.], grad_fn=<MultiplyAddBackward>)"))
def test_the_printed_form_names_the_function(torch: Any) -> Any:
    ones = (leaf(torch, 1.0), leaf(torch, 1.0), leaf(torch, 1.0))
    return repr(multiply_add(torch).apply(*ones)), repr(new_style(torch).apply(*ones))


@row(("MultiplyAddBackward", "MultiplyAddBackward", True))
def test_the_name_of_its_node(torch: Any) -> Any:
    node = multiply_add(torch).apply(leaf(torch, 1.0), torch.ones(1), torch.ones(1)).grad_fn
    return node.name(), type(node).__name__, isinstance(node, torch.autograd.graph.Node)


@row((["DoubleBackward", ("DoubleBackward", 7)], 7))
def test_the_node_is_the_ctx(torch: Any) -> Any:
    seen = []

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.number = 7
            seen.append(type(ctx).__name__)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append((type(ctx).__name__, ctx.number))
            return grad * 2

    y = Double.apply(leaf(torch, 1.0))
    y.backward()
    return seen, y.grad_fn.number


@row(([3.0], None, None, [False, True, True]))
def test_inputs_without_grad_get_none(torch: Any) -> Any:
    w, x, b = leaf(torch, 2.0), torch.tensor([3.0]), torch.tensor([4.0])
    y = multiply_add(torch).apply(w, x, b)
    y.backward()
    return w.grad, x.grad, b.grad, [node is None for node, _ in y.grad_fn.next_functions]


@row((False, None, False))
def test_nothing_is_recorded_without_inputs_that_need_it(torch: Any) -> Any:
    y = multiply_add(torch).apply(torch.ones(1), torch.ones(1), torch.ones(1))
    with torch.no_grad():
        z = multiply_add(torch).apply(leaf(torch, 1.0), torch.ones(1), torch.ones(1))
    return y.requires_grad, y.grad_fn, z.requires_grad


@row([(False, True), (False, False)])
def test_forward_runs_without_recording_and_backward_too(torch: Any) -> Any:
    seen = []

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            seen.append((torch.is_grad_enabled(), x.requires_grad))
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append((torch.is_grad_enabled(), grad.requires_grad))
            return grad * 2

    Double.apply(leaf(torch, 1.0)).backward()
    return seen


@row((True, ([1.0],)))
def test_with_create_graph_backward_is_recorded(torch: Any) -> Any:
    w, x = leaf(torch, 2.0), leaf(torch, 3.0)
    y = multiply_add(torch).apply(w, x, torch.ones(1))
    (first,) = torch.autograd.grad(y, w, create_graph=True)
    return first.requires_grad, torch.autograd.grad(first, x)


@row(([12.0], [12.0], [6.0]))
def test_third_order(torch: Any) -> Any:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return grad * 3 * x * x

    x = leaf(torch, 2.0)
    (a,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
    (b,) = torch.autograd.grad(a, x, create_graph=True)
    return a, b, *torch.autograd.grad(b, x)


@row(([(3.0, "three", {"a": [1]})], [3.0]))
def test_other_arguments_pass_through(torch: Any) -> Any:
    seen = []

    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, factor: float, name: str, options: Any) -> Any:
            seen.append((factor, name, options))
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * ctx.factor, None, None, None

    x = leaf(torch, 1.0)
    Scale.apply(x, 3.0, "three", {"a": [1]}).backward()
    return seen, x.grad


@row([3.0])
def test_default_arguments_need_no_gradient(torch: Any) -> Any:
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, factor: float = 3.0) -> Any:
            return x * factor

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 3

    x = leaf(torch, 1.0)
    Scale.apply(x).backward()
    return x.grad


@row([2.0])
def test_trailing_nones_may_be_too_many(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with_backward(torch, lambda ctx, grad: (grad * 2, None, None)).apply(x).backward()
    return x.grad


@row([([3.0], [2.0], [1.0]), ([3.0], [2.0], [1.0])])
def test_keywords_are_arguments_like_the_others(torch: Any) -> Any:
    grads = []
    for function in (multiply_add(torch), new_style(torch)):
        w, x, b = leaf(torch, 2.0), leaf(torch, 3.0), leaf(torch, 4.0)
        function.apply(w, x=x, b=b).backward()
        grads.append((w.grad, x.grad, b.grad))
    return grads


@row(False)
def test_tensors_in_lists_have_no_gradient(torch: Any) -> Any:
    class Total(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, tensors: Any) -> Any:
            return sum(tensors)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return None

    return Total.apply([leaf(torch, 1.0), leaf(torch, 2.0)]).requires_grad


# Several outputs


def split_in_two(torch: Any, materialize: bool = True, seen: Any = None) -> Any:
    class SinCos(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            if seen is not None:
                seen.append((a, b))
            return (0 if a is None else a * 2) + (0 if b is None else b * 3)

    return SinCos


@row(([32.0], 0, 1, True))
def test_several_outputs(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    a, b = split_in_two(torch).apply(x)
    (a + 10 * b).backward()
    return x.grad, a.output_nr, b.output_nr, a.grad_fn is b.grad_fn


@row(([([1.0], [0.0])], [2.0]))
def test_gradients_that_do_not_come_are_zeros(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    split_in_two(torch, seen=seen).apply(x)[0].backward()
    return seen, x.grad


@row(([(None, [1.0])], [3.0]))
def test_or_none_when_asked_for(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    split_in_two(torch, materialize=False, seen=seen).apply(x)[1].backward()
    return seen, x.grad


@row(("doubled", None, [4.0]))
def test_outputs_that_are_no_tensors(torch: Any) -> Any:
    class Described(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, "doubled", None

        @staticmethod
        def backward(ctx: Any, grad: Any, *others: Any) -> Any:
            return grad * 2 + len([g for g in others if g is None])

    x = leaf(torch, 1.0)
    y, name, nothing = Described.apply(x)
    y.backward()
    return name, nothing, x.grad


@row(("list", [False, False]))
def test_a_list_of_outputs(torch: Any) -> Any:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return [x * 2, x * 3]

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            return a * 2 + b * 3

    out = Both.apply(leaf(torch, 1.0))
    return type(out).__name__, [t.requires_grad for t in out]


@row(("tuple", [2.0]))
def test_one_output_in_a_tuple_stays_in_it(torch: Any) -> Any:
    class Single(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return (x * 2,)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    x = leaf(torch, 1.0)
    out = Single.apply(x)
    out[0].backward()
    return type(out).__name__, x.grad


# What ctx offers


@row([(True, False, False), (True, False, False)])
def test_needs_input_grad(torch: Any) -> Any:
    seen = []

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any, factor: float) -> Any:
            seen.append(ctx.needs_input_grad)
            ctx.save_for_backward(a, b)
            return a * b * factor

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append(ctx.needs_input_grad)
            _, b = ctx.saved_tensors
            return (grad * b if ctx.needs_input_grad[0] else None), None, None

    Product.apply(leaf(torch, 1.0), torch.ones(1), 2.0).backward()
    return seen


@row([(True, True)])
def test_needs_input_grad_of_a_walk_to_some_inputs(torch: Any) -> Any:
    seen = []

    class Sum(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a + b

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append(ctx.needs_input_grad)
            return grad, grad

    a, b = leaf(torch, 1.0), leaf(torch, 2.0)
    torch.autograd.grad(Sum.apply(a, b), b)
    return seen


@row([(True, True)])
def test_saved_tensors_are_the_inputs_themselves(torch: Any) -> Any:
    seen = []

    def rule(ctx: Any, grad: Any) -> Any:
        (saved,) = ctx.saved_tensors
        seen.append((saved is x, saved.requires_grad))
        return grad * 2

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        backward = staticmethod(rule)

    x = leaf(torch, 1.0)
    Double.apply(x).backward()
    return seen


@row(([1.0], ([1.0],)))
def test_outputs_may_be_saved(torch: Any) -> Any:
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            out = x.exp()
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (out,) = ctx.saved_tensors
            return grad * out

    x = leaf(torch, 0.0)
    (first,) = torch.autograd.grad(Exp.apply(x), x, create_graph=True)
    return first, torch.autograd.grad(first, x)


@row([[True, False]])
def test_none_may_be_saved(torch: Any) -> Any:
    seen = []

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(None, x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append([t is None for t in ctx.saved_tensors])
            return grad * 2

    Double.apply(leaf(torch, 1.0)).backward()
    return seen


@row(
    refused(TypeError, "save_for_backward can only save variables, but argument 0 is of type float")
)
def test_numbers_are_not_saved_for_backward(torch: Any) -> Any:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(2.0)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    Double.apply(leaf(torch, 1.0))


@row(refused(RuntimeError, "Trying to backward through the graph a second time"))
def test_saved_tensors_are_freed(torch: Any) -> Any:
    y = multiply_add(torch).apply(leaf(torch, 2.0), leaf(torch, 3.0), leaf(torch, 4.0))
    y.backward()
    return complaint(y.backward)


@row([6.0])
def test_saved_tensors_stay_in_a_retained_graph(torch: Any) -> Any:
    w = leaf(torch, 2.0)
    y = multiply_add(torch).apply(w, leaf(torch, 3.0), leaf(torch, 4.0))
    y.backward(retain_graph=True)
    y.backward()
    return w.grad


@row(
    refused(
        RuntimeError, "one of the variables needed for gradient computation has been modified by"
    )
)
def test_saved_tensors_that_were_written_are_refused(torch: Any) -> Any:
    x = leaf(torch, 3.0) * 1
    y = multiply_add(torch).apply(leaf(torch, 2.0), x, leaf(torch, 4.0))
    x.add_(1)
    y.backward()


@row(([2.0, 3.0], [30.0]))
def test_saved_tensors_hooks_see_what_functions_save(torch: Any) -> Any:
    seen, w = [], leaf(torch, 2.0)

    def pack(t: Any) -> Any:
        seen.append(t.item())
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t * 10):
        y = multiply_add(torch).apply(w, torch.tensor([3.0]), torch.tensor([4.0]))
    y.backward()
    return seen, w.grad


@row(([(([20.0],), ([10.0],))], [20.0]))
def test_hooks_work_on_functions(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = with_backward(torch, lambda ctx, grad: grad * 2).apply(x)
    y.register_hook(lambda grad: grad * 10)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    y.backward()
    return seen, x.grad


# What backward may give


@row(None)
def test_none_is_no_gradient(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 1
    with_backward(torch, lambda ctx, grad: None).apply(y).backward()
    return x.grad


@row(
    refused(
        RuntimeError,
        "function DoubleBackward returned an incorrect number of gradients (expected 1,",
    )
)
def test_too_many_gradients(torch: Any) -> Any:
    with_backward(torch, lambda ctx, grad: (grad, grad)).apply(leaf(torch, 1.0)).backward()


@row(
    refused(
        RuntimeError,
        "function SumBackward returned an incorrect number of gradients (expected 2, got",
    )
)
def test_too_few_gradients(torch: Any) -> Any:
    class Sum(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a + b

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    Sum.apply(leaf(torch, 1.0), leaf(torch, 1.0)).backward()


@row(
    refused(
        RuntimeError,
        "Function DoubleBackward returned an invalid gradient at index 0 - got [3] but",
    )
)
def test_a_gradient_of_another_shape(torch: Any) -> Any:
    double = with_backward(torch, lambda ctx, grad: torch.ones(3))
    double.apply(leaf(torch, 1.0, 2.0)).sum().backward()


@row([6.0])
def test_a_gradient_that_broadcasting_explains_is_summed(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with_backward(torch, lambda ctx, grad: torch.ones(2, 3)).apply(x).backward()
    return x.grad


@row(([2.0], "torch.float32"))
def test_a_gradient_of_another_dtype_is_cast(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with_backward(torch, lambda ctx, grad: grad.double() * 2).apply(x).backward()
    return x.grad, str(x.grad.dtype)


@row(refused(RuntimeError, "expected Variable or None (got float)"))
def test_a_gradient_that_is_a_number(torch: Any) -> Any:
    with_backward(torch, lambda ctx, grad: 2.0).apply(leaf(torch, 1.0)).backward()


@row(refused(LookupError, "in my rule"))
def test_an_error_in_backward_comes_out_as_it_is(torch: Any) -> Any:
    def rule(ctx: Any, grad: Any) -> Any:
        raise LookupError("in my rule")

    with_backward(torch, rule).apply(leaf(torch, 1.0)).backward()


@row([12.0])
def test_backward_may_walk_a_graph_of_its_own(torch: Any) -> Any:
    class Recomputed(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            with torch.enable_grad():
                inner = x.detach().requires_grad_()
                (g,) = torch.autograd.grad(inner**3, inner, grad)
            return g

    x = leaf(torch, 2.0)
    Recomputed.apply(x).backward()
    return x.grad
