"""What a download turned out to hold, counted while it is written."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Written:
    """Whole when the last piece is out. `left_out` has a reason and how many annotations it kept out."""

    annotations: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        return {"annotations": self.annotations, "left_out": dict(sorted(self.left_out.items()))}
