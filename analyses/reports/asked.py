"""What a comparison across a project is asked for: query parameters in, one value with all defaults filled in out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from analyses.comparison import DEFAULT_IOU
from analyses.reports.document import Key, Overlap, Parameters, Truth, Types
from vista.errors import Invalid

KEYS: tuple[Key, ...] = ("a", "b", "c", "d")
MARKED = "marked"  # in place of a model: whatever is marked as reference
TYPES: tuple[Types, ...] = ("all", "boxes", "masks", "keypoints")
REFERENCES: tuple[Truth, ...] = ("none", "a")
LONGEST = 201  # a name, "@" and a version
Choice = TypeVar("Choice", bound=str)
FLAGS = {"": False, "0": False, "false": False, "1": True, "true": True}


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a report. `models` are `name@version` or MARKED, two to four."""

    models: tuple[str, ...]
    thresholds: tuple[float, ...]  # as many
    iou: float = DEFAULT_IOU
    types: Types = "all"
    class_agnostic: bool = False
    reference: Truth = "none"

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "Asked":
        """Raises Invalid with a sentence for each parameter that cannot be."""
        faults: list[tuple[str, str]] = []

        def taken(name: str, value: Any, fault: str) -> Any:
            if value is None:
                faults.append((name, f"{name} {fault}."))
            return value

        keys = [key for key in KEYS if key in ("a", "b") or params.get(key)]
        if "d" in keys and "c" not in keys:
            faults.append(("c", "c must be given where d is."))
        models = [read_model(params.get(key, ""), key) for key in keys]
        for key, model in zip(keys, models, strict=True):
            what = "name@version of a model" + (
                f", or {MARKED} for what is marked as reference" * (key == "a")
            )
            taken(key, model, f"must be {what}")
        known = [model for model in models if model]
        if len(set(known)) < len(known):
            faults.append(("b", "The models must differ: one is named twice."))
        thresholds = [
            taken(name, share(params.get(name) or "0"), "must be a number from 0 to 1")
            for name in (f"threshold_{key}" for key in keys)
        ]
        iou = share(params.get("iou") or str(DEFAULT_IOU))
        taken("iou", iou or None, "must be a number above 0, at most 1")
        types = chosen(params.get("types") or "all", TYPES)
        taken("types", types, f"must be one of {', '.join(TYPES)}")
        usual = "a" if models[0] == MARKED else "none"
        reference = chosen(params.get("reference") or usual, REFERENCES)
        taken("reference", reference, "must be a or none")
        agnostic = FLAGS.get(params.get("class_agnostic", ""))
        taken("class_agnostic", agnostic, "must be true or false")
        if faults or types is None or reference is None:
            raise Invalid(
                faults[0][1] if len(faults) == 1 else f"{len(faults)} parameters are not valid.", faults
            )
        return cls(tuple(known), tuple(thresholds), iou or 0, types, bool(agnostic), reference)

    @property
    def keys(self) -> tuple[Key, ...]:
        return KEYS[: len(self.models)]

    @property
    def has_reference(self) -> bool:
        return self.reference == "a"

    @property
    def overlap(self) -> Overlap:
        return "bounds" if self.types == "all" else self.types

    def parameters(self) -> Parameters:
        """As the document has them."""
        return Parameters(
            iou=self.iou,
            types=self.types,
            overlap=self.overlap,
            class_agnostic=self.class_agnostic,
            reference=self.reference,
        )

    def as_dict(self) -> dict[str, Any]:
        """As JSON, for a job and for a key; `Asked.of` takes it back."""
        return {
            "models": list(self.models),
            "thresholds": list(self.thresholds),
            "iou": self.iou,
            "types": self.types,
            "class_agnostic": self.class_agnostic,
            "reference": self.reference,
        }

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Asked":
        lists = {name: tuple(said[name]) for name in ("models", "thresholds")}
        return cls(**said | lists)

    def query(self) -> dict[str, str]:
        """The parameters of an address that asks for this."""
        return {
            **dict(zip(self.keys, self.models, strict=True)),
            **{f"threshold_{k}": f"{t:g}" for k, t in zip(self.keys, self.thresholds, strict=True)},
            "iou": f"{self.iou:g}",
            "types": self.types,
            "reference": self.reference,
            "class_agnostic": "true" if self.class_agnostic else "false",
        }


def read_model(text: str, key: str) -> str | None:
    """`name@version` with both of them there, or MARKED as A."""
    if key == "a" and text == MARKED:
        return text
    bad = not splits(text) or len(text) > LONGEST or "\x00" in text
    return None if bad else text


def splits(model: str) -> list[tuple[str, str]]:
    """Every name and version that `name@version` can mean: both may have an @ of their own."""
    places = [place for place, letter in enumerate(model) if letter == "@"]
    return [(model[:at], model[at + 1 :]) for at in places if 0 < at < len(model) - 1]


def share(text: str) -> float | None:
    """A number from 0 to 1 written in plain ASCII, or None."""
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return value + 0.0 if 0 <= value <= 1 else None


def chosen(text: str, among: tuple[Choice, ...]) -> Choice | None:
    return next((one for one in among if one == text), None)
