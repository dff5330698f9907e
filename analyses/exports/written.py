"""What a download turned out to hold, counted while it is written."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Written:
    """Whole when the last piece is out. `left_out` has reasons, and how many annotations (or files) each kept out."""

    annotations: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    files: int = 0  # pictures, artifacts and drawings, in an archive
    parts: list["Written"] = field(default_factory=list)  # an archive's files with annotations

    @property
    def done(self) -> int:
        """All that was dealt with, for a progress bar; Contents.steps() is about what it comes to."""
        own = self.annotations + self.left_out.total() + self.files
        return own + sum(part.done for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {"annotations": self.annotations, "left_out": dict(sorted(self.left_out.items()))}
