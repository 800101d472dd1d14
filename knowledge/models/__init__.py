"""The rows of the help centre: articles and what is indexed of them; imports; gaps; findings; approved answers."""

from .approved import ApprovedAnswer, ApprovedVersion
from .articles import (
    Article,
    ArticleQuerySet,
    Audience,
    Collection,
    Editing,
    FormerSlug,
    Picture,
    Rating,
    Recalibration,
    Tag,
    Version,
    new_public_id,
)
from .findings import Finding, FindingKind, FindingState, Inspection
from .gaps import Asked, AskedKind, Gap, GapState
from .imports import Import, ImportItem, ImportKind, ImportState, Origin, Outcome
from .outside import Failure, OutsidePage
from .sections import Edition, EditionState, Section, SectionKind, Vector

__all__ = [
    "ApprovedAnswer",
    "ApprovedVersion",
    "Article",
    "ArticleQuerySet",
    "Asked",
    "AskedKind",
    "Audience",
    "Collection",
    "Editing",
    "Edition",
    "EditionState",
    "Failure",
    "Finding",
    "FindingKind",
    "FindingState",
    "FormerSlug",
    "Gap",
    "GapState",
    "Import",
    "ImportItem",
    "ImportKind",
    "ImportState",
    "Inspection",
    "Origin",
    "Outcome",
    "OutsidePage",
    "Picture",
    "Rating",
    "Recalibration",
    "Section",
    "SectionKind",
    "Tag",
    "Vector",
    "Version",
    "new_public_id",
]
