"""backward and grad: roots, inputs, what is given back, accumulation."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row

# Roots and gradients to start with


@row(6.0)
def test_a_scalar_starts_with_one(torch: Any) -> Any:
    x = torch.tensor(3.0, requires_grad=True)
    (x * x).backward()
    return x.grad


@row([[[3.0]]])
def test_one_element_is_scalar_enough(torch: Any) -> Any:
    x = torch.ones(1, 1, 1, requires_grad=True)
    (x * 3).backward()
    return x.grad


@row(refused(RuntimeError, "grad can be implicitly created only for scalar outputs"))
def test_several_elements_need_a_gradient(torch: Any) -> Any:
    (leaf(torch, 1.0, 2.0) * 3).backward()


@row(refused(RuntimeError, "grad can be implicitly created only for scalar outputs"))
def test_no_elements_need_a_gradient(torch: Any) -> Any:
    (torch.ones(0, requires_grad=True) * 3).backward()


@row((0, 2))
def test_no_elements_with_a_gradient(torch: Any) -> Any:
    x = torch.ones(0, 2, requires_grad=True)
    (x * 3).backward(torch.ones(0, 2))
    return tuple(x.grad.shape)


@row([2.0, 40.0])
def test_the_gradient_given_weighs_the_elements(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    (x * x).backward(gradient=torch.tensor([1.0, 10.0]))
    return x.grad


@row(
    refused(
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0]",
    )
)
def test_a_gradient_of_another_shape(torch: Any) -> Any:
    (leaf(torch, 1.0, 2.0) * 3).backward(torch.ones(3))


@row(
    refused(
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([]) and output[0]",
    )
)
def test_a_gradient_that_would_broadcast(torch: Any) -> Any:
    (leaf(torch, 1.0, 2.0) * 3).backward(torch.tensor(1.0))


@row(([3.0], "torch.float32"))
def test_a_gradient_of_another_dtype_is_cast(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    (x * 3).backward(torch.ones(1, dtype=torch.float64))
    return x.grad, str(x.grad.dtype)


@row(refused(TypeError, "float"))
def test_a_gradient_that_is_a_number(torch: Any) -> Any:
    (leaf(torch, 1.0) * 3).backward(1.0)


@row(
    refused(RuntimeError, "element 0 of tensors does not require grad and does not have a grad_fn")
)
def test_a_root_without_history(torch: Any) -> Any:
    torch.ones(1).backward()


@row([6.0])
def test_a_leaf_may_be_the_root(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    x.backward()
    x.backward(torch.tensor([5.0]))
    return x.grad


@row(
    refused(RuntimeError, "element 0 of tensors does not require grad and does not have a grad_fn")
)
def test_an_integer_root_has_no_history(torch: Any) -> Any:
    return complaint((leaf(torch, 1.0, 3.0) > 2).sum().backward)


@row([7.0])
def test_several_roots_add_up(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    torch.autograd.backward([x * 3, x * x])
    return x.grad


@row([6.0])
def test_the_same_root_twice_counts_twice(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 3
    torch.autograd.backward([y, y])
    return x.grad


@row([16.0])
def test_a_root_on_the_way_to_another(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    torch.autograd.backward([y * 3, y])
    return x.grad


@row([4.0, 31.0])
def test_roots_with_a_gradient_each(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    torch.autograd.backward([x * 3, x.sum()], [torch.tensor([1.0, 10.0]), None])
    return x.grad


@row(refused(RuntimeError, "got 2 tensors and 1 gradients"))
def test_roots_and_gradients_must_be_as_many(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    torch.autograd.backward([x * 3, x * 2], [torch.ones(1)])


@row(
    refused(RuntimeError, "element 1 of tensors does not require grad and does not have a grad_fn")
)
def test_the_root_that_is_wrong_is_numbered(torch: Any) -> Any:
    torch.autograd.backward([leaf(torch, 2.0) * 3, torch.ones(1)])


@row(None)
def test_no_roots_at_all(torch: Any) -> Any:
    return complaint(lambda: torch.autograd.backward([]))


@row([4.0, 6.0])
def test_a_view_of_the_root_may_be_another(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    y = x * x
    torch.autograd.backward([y[0], y[1]])
    return x.grad


@row(refused(TypeError, "gradients can be either Tensors or None, but got float"))
def test_gradients_must_be_tensors(torch: Any) -> Any:
    (leaf(torch, 1.0) * 3).backward([1.0])


# inputs=


@row(([3.0], None))
def test_inputs_say_which_leaves_accumulate(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    (a * b).backward(inputs=[a])
    return a.grad, b.grad


@row((None, [2.0]))
def test_one_input_need_not_be_a_list(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    (a * b).backward(inputs=b)
    return a.grad, b.grad


@row(([12.0], None))
def test_inputs_may_be_no_leaves(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 3
    (y * y).backward(inputs=[y])
    return y.grad, x.grad


@row([3.0])
def test_the_same_input_twice_accumulates_once(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * 3).backward(inputs=[x, x])
    return x.grad


@row(refused(RuntimeError, "`inputs` argument to `backward()` cannot be empty."))
def test_inputs_may_not_be_empty(torch: Any) -> Any:
    (leaf(torch, 2.0) * 3).backward(inputs=[])


@row(([3.0], None))
def test_an_input_that_was_not_used(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    (a * 3).backward(inputs=[a, b])
    return a.grad, b.grad


@row(
    refused(RuntimeError, "can't retain_grad on Tensor that has requires_grad=False"),
    ours=refused(RuntimeError, "One of the differentiated Tensors does not require grad"),
)
def test_an_input_that_requires_no_grad(torch: Any) -> Any:
    (leaf(torch, 2.0) * 3).backward(inputs=[torch.ones(1)])


# grad


@row((([4.0],), None))
def test_grad_gives_a_tuple_and_writes_nothing(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    grads = torch.autograd.grad(x * x, x)
    return grads, x.grad


@row(([10.0], [5.0], [15.0]))
def test_grad_of_several_in_the_order_asked_for(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    y = a * b
    return torch.autograd.grad(y * 5, [b, y, a])


@row(([4.0], [4.0]))
def test_grad_of_the_same_input_twice(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    return torch.autograd.grad(x * x, [x, x])


@row(([1.0],))
def test_grad_of_the_root_itself(torch: Any) -> Any:
    y = leaf(torch, 2.0) * 3
    return torch.autograd.grad(y, y)


@row(([43.0],))
def test_grad_of_several_outputs_adds_up(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    return torch.autograd.grad([x * 3, x * x], x, grad_outputs=[torch.ones(1), torch.ones(1) * 10])


@row(
    refused(
        RuntimeError,
        "The differentiated Tensor at index 0 appears to not have been used in the graph",
    )
)
def test_what_was_not_used_is_refused(torch: Any) -> Any:
    torch.autograd.grad(leaf(torch, 2.0) * 3, leaf(torch, 1.0))


@row(([3.0], None))
def test_what_was_not_used_may_be_allowed(torch: Any) -> Any:
    x, unused = leaf(torch, 2.0), leaf(torch, 1.0)
    return torch.autograd.grad(x * 3, [x, unused], allow_unused=True)


@row(([3.0], [0.0, 0.0]))
def test_what_was_not_used_may_be_zeros(torch: Any) -> Any:
    x, unused = leaf(torch, 2.0), leaf(torch, 1.0, 2.0)
    return torch.autograd.grad(x * 3, [x, unused], materialize_grads=True)


@row(
    refused(
        ValueError,
        "Expected allow_unused to be True or not passed when materialize_grads=True, but",
    )
)
def test_zeros_exclude_refusing(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    torch.autograd.grad(x * 3, x, allow_unused=False, materialize_grads=True)


@row(refused(RuntimeError, "One of the differentiated Tensors does not require grad"))
def test_grad_of_what_requires_none(torch: Any) -> Any:
    torch.autograd.grad(leaf(torch, 2.0) * 3, torch.ones(1))


@row(
    refused(
        RuntimeError,
        "The differentiated Tensor at index 0 appears to not have been used in the graph",
    )
)
def test_grad_of_a_part_of_what_was_used(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    return complaint(lambda: torch.autograd.grad((x * x).sum(), x[0]))


@row(
    refused(RuntimeError, "element 0 of tensors does not require grad and does not have a grad_fn")
)
def test_grad_of_outputs_without_history(torch: Any) -> Any:
    torch.autograd.grad(torch.ones(1), leaf(torch, 2.0))


@row(
    refused(RuntimeError, "Mismatch in shape: grad_output[0] has a shape of torch.Size([2, 1]) and")
)
def test_grad_outputs_of_another_shape(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    torch.autograd.grad(x * 3, x, torch.ones(2, 1))


@row(([[4.0, 0.0], [0.0, 6.0]],))
def test_batched_gradients_give_rows_of_a_jacobian(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    return torch.autograd.grad(x * x, x, torch.eye(2), is_grads_batched=True)


@row(refused(RuntimeError, "If `is_grads_batched=True`, we interpret the first dimension of each"))
def test_batched_gradients_have_one_dimension_more(torch: Any) -> Any:
    x = leaf(torch, 2.0, 3.0)
    torch.autograd.grad(x * x, x, torch.ones(2), is_grads_batched=True)


# Accumulation


@row([7.0])
def test_grads_add_up(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * 3).backward()
    (x * x).backward()
    return x.grad


@row((True, True))
def test_the_second_gradient_is_added_in_place(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * 3).backward()
    first, memory = x.grad, x.grad.data_ptr()
    (x * 3).backward()
    return x.grad is first, x.grad.data_ptr() == memory


@row((False, [4.0], [8.0], True))
def test_with_create_graph_a_new_grad_is_made(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * x).backward(create_graph=True)
    first = x.grad
    (x * x).backward(create_graph=True)
    return x.grad is first, first, x.grad, x.grad.requires_grad


@row((True, True))
def test_a_plain_grad_after_one_with_a_graph(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * x).backward(create_graph=True)
    first = x.grad
    (x * x).backward()
    return x.grad is first, x.grad.requires_grad


@row((False, True))
def test_create_graph_adds_to_a_plain_grad_anew(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * x).backward()
    first = x.grad
    (x * x).backward(create_graph=True)
    return x.grad is first, x.grad.requires_grad


@row(([12.0],))
def test_the_gradient_of_a_grad(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x**3).backward(create_graph=True)
    return torch.autograd.grad(x.grad, x)


@row(False)
def test_create_graph_of_a_linear_function_has_no_history(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (first,) = torch.autograd.grad(x * 3, x, create_graph=True)
    return first.requires_grad


@row(([0.0], [1.0], None))
def test_a_grad_that_is_none_is_not_a_grad_of_zeros(torch: Any) -> Any:
    a, b, c = leaf(torch, 2.0), leaf(torch, 3.0), leaf(torch, 4.0)
    (a * 0 + b).backward()
    return a.grad, b.grad, c.grad


@row(([103.0], True))
def test_a_grad_given_before_is_added_to(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    mine = torch.tensor([100.0])
    x.grad = mine
    (x * 3).backward()
    return mine, x.grad is mine


@row(([3.0], [3.0], False))
def test_a_grad_set_to_none_starts_anew(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * 3).backward()
    first, x.grad = x.grad, None
    (x * 3).backward()
    return first, x.grad, x.grad is first


@row(([1.0], False))
def test_the_gradient_given_is_not_taken_over(torch: Any) -> Any:
    x, start = leaf(torch, 2.0), torch.ones(1)
    x.backward(start)
    x.grad.add_(5)
    return start, x.grad.data_ptr() == start.data_ptr()


@row(([6.0], [1.0]))
def test_two_leaves_do_not_share_one_gradient(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    (a + b).backward()
    a.grad.add_(5)
    return a.grad, b.grad


@row([[3.0], [4.0]])
def test_what_a_hook_kept_is_not_written_by_accumulation(torch: Any) -> Any:
    x, kept = leaf(torch, 2.0), []
    x.register_hook(kept.append)
    (x * 3).backward()
    (x * 4).backward()
    return kept


@row(((1, 4), (1, 4)))
def test_grad_lies_as_its_leaf_does(torch: Any) -> Any:
    x = torch.ones(3, 4).t().requires_grad_()
    (x * x).sum().backward()
    return x.stride(), x.grad.stride()


@row(((3, 1), True))
def test_an_expanded_gradient_is_laid_out_for_the_leaf(torch: Any) -> Any:
    x = torch.ones(2, 3, requires_grad=True)
    x.sum().backward()
    return x.grad.stride(), x.grad.is_contiguous()


@row((False, None, True))
def test_a_grad_requires_none(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    (x * x).backward()
    return x.grad.requires_grad, x.grad.grad_fn, x.grad.is_leaf


@row("torch.float16")
def test_a_grad_has_the_dtype_of_its_leaf(torch: Any) -> Any:
    x = torch.ones(1, dtype=torch.float16, requires_grad=True)
    (x.float() * 3).backward()
    return str(x.grad.dtype)


# Second gradients of what is linear piece by piece


@row([(True, [0.0, 0.0])] * 6)
def test_the_second_gradient_of_what_has_kinks_is_zero(torch: Any) -> Any:
    """It is there, so that a penalty on gradients reaches what they were taken by."""
    functional = torch.nn.functional

    def work(function: Any) -> Any:
        x = leaf(torch, 1.0, -2.0)
        (g,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
        return g.requires_grad, torch.autograd.grad(g.sum(), x)[0]

    return [
        work(functional.relu),
        work(lambda x: functional.leaky_relu(x, 0.1)),
        work(lambda x: functional.max_pool2d(x.view(1, 1, 1, 2), (1, 2))),
        work(lambda x: functional.avg_pool2d(x.view(1, 1, 1, 2), (1, 2))),
        work(lambda x: functional.pad(x.view(1, 1, 2), (1, 1), mode="reflect")),
        work(lambda x: functional.nll_loss(x.view(1, 2), torch.tensor([1]))),
    ]
