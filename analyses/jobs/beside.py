"""Something that goes on in a thread of its own while the worker does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def beside(act: Callable[..., None], *args: Any) -> Iterator[None]:
    """While inside, a thread runs `act(*args, over)`, which is to return soon after `over` is set."""
    over = threading.Event()
    thread = threading.Thread(target=act, args=(*args, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
