"""Which articles' regions a visitor's region reads, the nearest first: Austria reads AT, then EU, then everywhere."""

from collections.abc import Iterable, Sequence

EVERYWHERE = ""
# fmt: off
_EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
# An article may be filed under the everyday name, a browser says the ISO code.
_SAME = {"GB": "UK", "UK": "GB", "EL": "GR"}


def reach(region: str) -> tuple[str, ...]:
    """The regions whose articles apply in `region`, from the nearest to everywhere."""
    own = region.strip().upper()
    if not own:
        return (EVERYWHERE,)
    names = [own, _SAME[own]] if own in _SAME else [own]
    union = ["EU"] if _EUROPEAN_UNION.intersection(names) else []
    return (*names, *union, EVERYWHERE)


def nearest(variants: Iterable[tuple[str, str, str]], regions: Sequence[str]) -> set[tuple[str, str, str]]:
    """Of (slug, language, region) triples the one for each slug and language whose region comes first in `regions`."""
    best: dict[tuple[str, str], str] = {}
    for slug, language, region in variants:
        known = best.get((slug, language))
        if region in regions and (known is None or regions.index(region) < regions.index(known)):
            best[slug, language] = region
    return {(slug, language, region) for (slug, language), region in best.items()}
