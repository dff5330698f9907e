"""One axis of a chart: which ticks it has, and where along it a value lies."""

import math
from dataclasses import dataclass, field

STEPS = (1.0, 2.0, 5.0, 10.0)


def step_of(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 20 … (or 0.1, 0.2 …) that cuts the span into at most so many parts."""
    rough = span / most
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in STEPS if step * magnitude >= rough * (1 - 1e-9))


def ticks_of(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from low to high, both of them among these where they are round."""
    step = step_of(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; raises ValueError where that is no span."""

    label: str
    low: float = 0.0
    high: float = 1.0
    ticks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"an axis from {self.low} to {self.high}")
        if not self.ticks:
            object.__setattr__(self, "ticks", ticks_of(self.low, self.high))

    @classmethod
    def of_counts(cls, label: str, most: float) -> "Axis":
        """From 0 to the first tick that all values stay under."""
        step = step_of(max(most, 1), 5)
        return cls(label, 0.0, math.ceil(max(most, 1) / step - 1e-9) * step)

    def part(self, value: float) -> float:
        """Where the value lies: 0 at the lower end, 1 at the upper; what is beyond lies at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
