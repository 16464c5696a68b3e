"""Messages between processes: what is large in them goes through shared memory.

Note [Blocks]
    A worker writes each large array of its answer into a block of its own: memory behind a file
    descriptor that has no name (``memfd_create``, elsewhere a temporary file that is unlinked at
    once). The descriptor travels beside the message, and the array that arrives is that memory,
    mapped. What has no name cannot be left behind: the block is gone with the last array made of
    it, or with the last process that knew it, however that ended. One block per array, so that
    labels that are kept do not keep their images. A mapping holds a descriptor, of which a process
    may have some thousand: beyond ``_MAPPINGS`` at once, what arrives is copied.
"""

import mmap
import os
import pickle
import weakref
from typing import Any

from minitorch.tensor import Tensor

_SMALL = 1 << 16  # bytes; less is sent with the message
_MAPPINGS = 256
_mapped: "weakref.WeakSet[mmap.mmap]" = weakref.WeakSet()


def send(connection: Any, message: Any) -> None:
    """Send a message to where `receive` waits for it.

    Raises:
        Exception: of pickle's, for what cannot be sent; nothing has been sent then.
        OSError: the other side is gone.
    """
    buffers: list[pickle.PickleBuffer] = []
    text = _pickled(message, buffers)
    views = [buffer.raw() for buffer in buffers]
    is_large = [os.name == "posix" and view.nbytes >= _SMALL for view in views]
    parts = [v.nbytes if large else bytearray(v) for v, large in zip(views, is_large, strict=True)]
    connection.send_bytes(pickle.dumps((text, parts), protocol=5))
    for view, large in zip(views, is_large, strict=True):
        if large:
            _send_block(connection, view)


def receive(connection: Any) -> Any:
    """Receive what `send` sent.

    Raises:
        EOFError, OSError: the other side is gone.
    """
    text, parts = pickle.loads(connection.recv_bytes())
    buffers = [_receive_block(connection, p) if isinstance(p, int) else p for p in parts]
    return pickle.loads(text, buffers=buffers)


def _pickled(message: Any, buffers: list[pickle.PickleBuffer]) -> bytes:
    import io
    from multiprocessing.reduction import ForkingPickler

    text = io.BytesIO()
    pickler: Any = ForkingPickler(text, 5, True, buffers.append)
    pickler.dispatch_table = {**pickler.dispatch_table, Tensor: _reduce}
    pickler.dump(message)
    return text.getvalue()


def _reduce(tensor: Tensor) -> Any:
    if tensor.requires_grad and not tensor.is_leaf:
        raise RuntimeError(
            "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd "
            "does not support crossing process boundaries.  If you just want to transfer the data, "
            "call detach() on the tensor before serializing (e.g., putting it on the queue)."
        )
    return tensor.__reduce_ex__(5)


def _send_block(connection: Any, view: memoryview) -> None:
    from multiprocessing.reduction import send_handle

    block = _new_block()
    try:
        written = 0
        while written < view.nbytes:  # one call writes two gigabytes at most
            written += os.pwrite(block, view[written:], written)
        send_handle(connection, block, None)
    finally:
        os.close(block)


def _new_block() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("minitorch")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _receive_block(connection: Any, size: int) -> Any:
    from multiprocessing.reduction import recv_handle

    block = recv_handle(connection)
    try:
        if len(_mapped) < _MAPPINGS:
            memory = mmap.mmap(block, size, flags=mmap.MAP_SHARED | _POPULATE)
            _mapped.add(memory)
            return memory
        copy = bytearray(size)
        with open(block, "rb", buffering=0, closefd=False) as file:
            file.seek(0)
            rest = memoryview(copy)
            while rest:
                rest = rest[file.readinto(rest) :]
        return copy
    finally:
        os.close(block)


_POPULATE = getattr(mmap, "MAP_POPULATE", 0)  # all pages at once, not one by one as they are read
