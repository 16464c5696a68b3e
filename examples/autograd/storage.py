"""Which tensors share memory?

view(), basic indexing, t(), and reshape() where it can: they lay another shape over the same
storage, by strides and an offset. A write into one shows in all. Where the strides do not allow
it, reshape() copies.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    a = torch.arange(12.0)
    b = a.view(3, 4)
    memory = [t.untyped_storage().data_ptr() for t in (a, b, a[2:8], a.reshape(2, 6), b.t())]
    tell(f"{[p == memory[0] for p in memory] = }", "a, a view, a part, a reshape, a transpose.")
    tell(">>> b = a.view(3, 4); b[1] = 10")
    b[1] = 10
    tell(f"{a = }")

    part = b[1:, 2]
    tell(f"{part.stride(), part.storage_offset() = }", "b[1:, 2]: from place 6, each fourth one.")
    tell(f"{b.t().stride(), b.t().is_contiguous() = }")
    tell(">>> b.t().view(12)")
    try:
        b.t().view(12)
    except RuntimeError as error:
        tell_error(error)
    copied = b.t().reshape(12)
    tell(f"{copied.untyped_storage().data_ptr() == memory[0] = }", "reshape() made a copy.")

    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    tell(">>> c = leaf * 1; c[1] = 10; c.sum().backward()")
    c = leaf * 1
    c[1] = 10
    save(draw(c), "storage")
    c.sum().backward()
    tell(f"{leaf.grad = }", "c[1] was overwritten: it no longer depends on leaf[1].")


if __name__ == "__main__":
    start(main)
