"""What an encoder has read lately, so that it need not read it again."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Memory:
    """Vectors of the last `size` texts. Several threads may use it: what one is reading, another reads as well."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[str, Array] = OrderedDict()
        self._lock = Lock()

    def vectors(self, keys: Sequence[str], read: Callable[[Sequence[str]], Array]) -> list[Array]:
        """In the order of `keys`; `read` is given those not known, each once."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            found |= zip(missing, read(missing), strict=True)
            with self._lock:
                self._known.update((key, found[key]) for key in missing)
                while len(self._known) > self._size:
                    self._known.popitem(last=False)
        return [found[key] for key in keys]
