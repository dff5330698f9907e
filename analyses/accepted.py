"""A batch that was stored, and what its sender is told."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, repeat

import msgspec
import numpy as np

from analyses import formats
from analyses.insertion import ids_from

AT_ONCE = 10_000  # annotations of an answer; more of their parts at a time would only take memory


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the annotations are, in order, and their ids counted up from `first_id`."""

    first_id: uuid.UUID
    heads: list[formats.Head]  # each type and class
    head_of: list[int]  # of each annotation
    confidences: formats.Floats  # NaN where there is none
    replayed: bool
    answer: bytes  # JSON, in the shape of CreatedAnnotationSerializer

    @property
    def last_id(self) -> uuid.UUID:
        """Of a batch that is not empty."""
        return uuid.UUID(int=self.first_id.int + len(self.head_of) - 1)

    def ids(self) -> list[str]:
        """As text."""
        return ids_from(self.first_id.int, len(self.head_of), "{}")


@dataclass(slots=True)
class Noted:
    """What the answer and the counters say of a batch, kept while its blocks are read."""

    batch: formats.Batch
    head_of: list[int] = field(default_factory=list)
    confidences: list[formats.Floats] = field(default_factory=list)

    def read(self, insert: Callable[[formats.Block], None] = lambda block: None) -> None:
        """All blocks, each handed on; raises NotPlain where one of them is not."""
        for block in self.batch.blocks:
            insert(block)
            self.head_of += block.heads
            self.confidences.append(block.confidences)

    def accepted(self, first_id: uuid.UUID, *, replayed: bool) -> Accepted:
        heads, confidences = list(self.batch.heads), np.concatenate([np.empty(0), *self.confidences])
        answer = written(first_id, heads, self.head_of, confidences)
        return Accepted(first_id, heads, self.head_of, confidences, replayed, answer)


def written(
    first_id: uuid.UUID, heads: list[formats.Head], head_of: list[int], confidences: formats.Floats
) -> bytes:
    """The answer; a serializer would cost more than storing the batch."""
    texts = [
        f'","annotation_type":"{kind}","class_name":{json.dumps(name)},"confidence":' for kind, name in heads
    ]
    items = []
    for start in range(0, len(head_of), AT_ONCE):
        end = start + AT_ONCE
        ids = ids_from(first_id.int + start, len(head_of[start:end]), "{}")
        middles = [texts[head] for head in head_of[start:end]]
        shares = msgspec.json.encode(confidences[start:end].tolist()).decode()  # NaN is null
        parts = zip(ids, middles, shares[1:-1].split(","), repeat('},{"id":"'), strict=False)
        items.append(f'{{"id":"{"".join(chain.from_iterable(parts))[:-8]}'.encode())
    return b'{"created_count":%d,"annotations":[%b]}' % (len(head_of), b",".join(items))
