"""Links between imported documents become links between their articles here, also where the other one comes later.

A link is turned where whoever reads the one article may read the other; till then it waits, as its origin remembers.
"""

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from supportsite.sites.models import Site

from . import languages, link_names
from .addresses import article_path
from .documents.document import Document, Note, Reason
from .leads import Lead, lead_of, place_of
from .links import anchors_of
from .markdown import anchor_of
from .models import Article, Audience, Origin
from .origins import Name
from .regions import reach
from .render import ARTICLE_LINK

MOST: Final = 500  # of one document; links beyond stay as they are
REASONS: Final = frozenset({Reason.LINKS_TURNED, Reason.LINKS_LOST})
_NAMED: Final = 5  # in a note
_STEPS: Final = 3  # from where a link leads, by a redirect, to where its document is known


@dataclass(frozen=True)
class Linking:
    """The article whose links are looked at: its name there, who reads it, and what its source calls its parts.

    `is_hidden`: its source says so. Where readers have it, or will at once, it `is_public`.
    """

    name: Name
    slug: str
    audiences: frozenset[str]
    is_public: bool
    is_hidden: bool
    parts: Mapping[str, str]


@dataclass(frozen=True)
class Turned:
    """A text whose links lead to articles here: how many were turned, the places that others wait for, and lost paths.

    A lost one is that of a file which readers do not have here, and so it leads nowhere.
    """

    body: str
    count: int
    waits_for: list[str]
    lost: list[str]

    @property
    def notes(self) -> tuple[Note, ...]:
        """For the document's line."""
        named = ", ".join(self.lost[:_NAMED]) + (" …" if len(self.lost) > _NAMED else "")
        lost = (Note(Reason.LINKS_LOST, {"count": len(self.lost), "names": named}),) if self.lost else ()
        return (*((Note(Reason.LINKS_TURNED, {"count": self.count}),) if self.count else ()), *lost)


class Turner:
    """Turns the links of the documents of one run. `led`: from which address redirects led where, so far."""

    def __init__(self, site: Site, known: Iterable[tuple[Name, int]], led: Sequence[tuple[str, str]] = ()) -> None:
        self._site, self._led = site, led
        self._there: dict[str, dict[int, Name]] = {}
        self._ways: dict[str, str] = {}
        self._followed = 0
        self._anchors: dict[tuple[int, int | None], set[str]] = {}
        for name, article_id in known:
            self.learn(name, article_id)

    def learn(self, name: Name, article_id: int) -> None:
        """A document has its article."""
        self._there.setdefault(place_of(name.key), {})[article_id] = name

    def is_there(self, places: Iterable[str]) -> bool:
        """Whether one of these has an article by now."""
        return any(self._found(place) in self._there for place in places)

    def turn(self, body: str, hrefs: Sequence[str], linking: Linking) -> Turned:
        """The text with those of its links turned that may be."""
        leads = {href: lead for href in hrefs[:MOST] if (lead := lead_of(href, linking.name.key))}
        targets = self._targets(leads.values(), linking)
        own = place_of(linking.name.key)
        anchors = anchors_of(body) if any(lead.part for lead in leads.values()) else set()
        new: dict[str, str] = {}
        to_articles = 0
        waits: list[str] = []
        lost: list[str] = []
        for href, lead in leads.items():
            place = next((one for one in lead.places if one in targets or self._found(one) == own), None)
            if place is None:
                waits += lead.places
                lost += [] if lead.outside else [href]
                new[href] = lead.outside or href
            elif place in targets:
                to_articles += 1
                new[href] = self._address(targets[place], lead.part, linking)
            elif anchor := _anchor(lead.part, linking.parts, anchors):
                new[href] = f"#{anchor}"
            elif not href.startswith("#"):
                new[href] = f"{ARTICLE_LINK}{linking.slug}"
        changed = {href: address for href, address in new.items() if address != href}
        text = link_names.renamed(body, changed) if changed else body
        return Turned(text, to_articles, list(dict.fromkeys(waits))[:MOST], lost)

    def _found(self, place: str) -> str:
        """The place by which a document is known, where redirects lead to it or from it."""
        for asked, final in self._led[self._followed :]:
            self._ways[place_of(asked)] = place_of(final)
            self._ways.setdefault(place_of(final), place_of(asked))
        self._followed = len(self._led)
        for _step in range(_STEPS):
            if place in self._there or place not in self._ways:
                break
            place = self._ways[place]
        return place

    def _targets(self, leads: Iterable[Lead], linking: Linking) -> dict[str, Article]:
        """Place → the article to which a link there may lead, that in the linking one's language before others."""
        own = place_of(linking.name.key)
        chosen = {}
        for place in {place for lead in leads for place in lead.places}:
            there = self._there.get(self._found(place))
            if there and self._found(place) != own:
                chosen[place] = min(there, key=lambda pk: _distance(there[pk], linking.name))
        rows = Article.objects.select_related("published", "origin").in_bulk(set(chosen.values())) if chosen else {}
        return {place: rows[pk] for place, pk in chosen.items() if pk in rows and _may_lead(rows[pk], linking)}

    def _address(self, target: Article, part: str, linking: Linking) -> str:
        """As curators link to articles; one of the same slug, in another language or for another region by its path."""
        anchor = _anchor(part, target.origin.parts, self._anchors_of(target)) if part else ""
        if target.slug == linking.slug:
            return article_path(self._site.key, target.language, target.slug, region=target.region, anchor=anchor)
        return f"{ARTICLE_LINK}{target.slug}" + (f"#{anchor}" if anchor else "")

    def _anchors_of(self, target: Article) -> set[str]:
        name = target.pk, target.published_id
        if name not in self._anchors:
            self._anchors[name] = anchors_of((target.published or target).body)
        return self._anchors[name]


def reader_of(document: Document, name: Name, existing: Article | None, *, is_public: bool) -> Linking:
    """Who reads a document that is to be written, over an `existing` article or as a new one."""
    said = document.audience if document.audience in Audience else Audience.EVERYONE.value
    audiences = {existing.audience, *([said] if document.audience else [])} if existing else {said}
    return Linking(
        name=name,
        slug=existing.slug if existing else document.slug,
        audiences=frozenset(audiences),
        is_public=is_public or (existing is not None and existing.published_id is not None),
        is_hidden=document.draft,
        parts=document.parts,
    )


def mended(article: Article, turner: Turner) -> Turned:
    """The draft of an article that was imported, as its links may be turned now."""
    origin = article.origin
    linking = Linking(
        name=Name(origin.key, origin.language, origin.region),
        slug=article.slug,
        audiences=frozenset({article.audience}),
        is_public=article.published_id is not None,
        is_hidden=origin.is_hidden,
        parts=origin.parts,
    )
    return turner.turn(article.body, link_names.named(article.body), linking)


def waiting(site: Site, turner: Turner, of_run: Container[int]) -> list[int]:
    """The origins' ids whose documents have a link that may be turned by now.

    Those of the run that were imported before links were turned at all are looked at once.
    """
    rows = Origin.objects.filter(site=site).exclude(waits_for=[]).order_by("pk")
    return [
        pk
        for pk, article_id, places in rows.values_list("pk", "article_id", "waits_for")
        if (article_id in of_run if places is None else turner.is_there(places))
    ]


def _may_lead(target: Article, linking: Linking) -> bool:
    """Whether readers of the one may read the other; drafts may lead to drafts, unless their source hides but one."""
    if not all(target.audience in Audience(audience).sees for audience in linking.audiences):
        return False
    if target.published_id is not None:
        return True
    hidden = target.withdrawn_at is not None or (target.origin.is_hidden and not linking.is_hidden)
    return not (linking.is_public or hidden)


def _distance(there: Name, own: Name) -> tuple[bool, bool, int]:
    regions = reach(own.region)
    place = regions.index(there.region) if there.region in regions else len(regions)
    return languages.base(there.language) != languages.base(own.language), there.language != own.language, place


def _anchor(part: str, parts: Mapping[str, str], anchors: Set[str]) -> str:
    """The heading here to which a part of a page belongs; '' where there is none."""
    if not part:
        return ""
    named = parts.get(part) or anchor_of(part, {})
    return named if named in anchors else ""
