"""What an index is: shelves of vectors, one for each site, edition, language and model, and what is asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shelf:
    """One set of comparable vectors. No query ever crosses from one shelf to another, nor from site to site."""

    site_id: int
    language: str
    model: str
    edition: int

    def __str__(self) -> str:
        return f"{self.language}/{self.model}"


@dataclass(frozen=True)
class Label:
    """What a section is filtered by."""

    region: str = ""
    collection: str = ""
    audience: str = "everyone"


@dataclass(frozen=True)
class Where:
    """Only sections with one of these regions, of this collection (empty: any) and for one of these audiences.

    None is any of them.
    """

    regions: frozenset[str] | None = None
    collection: str = ""
    audiences: frozenset[str] | None = None

    def admits(self, label: Label) -> bool:
        """Whether a section with that label is wanted."""
        return (
            (self.regions is None or label.region in self.regions)
            and self.collection in ("", label.collection)
            and (self.audiences is None or label.audience in self.audiences)
        )


ANYWHERE = Where()


class Index(Protocol):
    """The contract of every index. Vectors have length 1; a score is the cosine, best first, ties by id."""

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """Put sections on the shelf, in place of those with the same id."""

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """Take sections off the shelf; an id that is not there is no mistake."""

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """The `n` nearest sections as (section id, score); none for a shelf that is not there."""

    def ids(self, key: Shelf) -> set[int]:
        """The sections on the shelf."""

    def labels(self, key: Shelf) -> dict[int, Label]:
        """The same with what each is filtered by."""

    def shelves(self, site_id: int) -> set[Shelf]:
        """The site's shelves that hold something."""

    def drop(self, key: Shelf) -> None:
        """Remove the shelf with all that is on it; one that is not there is no mistake."""
