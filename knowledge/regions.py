"""Which articles' regions a visitor's region reads, the nearest first: Austria reads AT, then EU, then everywhere."""

import re
from collections.abc import Iterable, Sequence

EVERYWHERE = ""
# fmt: off
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ
    FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH
    MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL
    PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""  # of ISO 3166-1
_EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
# An article may be filed under the everyday name, a browser says the ISO code.
_SAME = {"GB": "UK", "UK": "GB", "EL": "GR"}
KNOWN = frozenset({*_COUNTRIES.split(), *_SAME, "EU"})  # an article may be for another one, such as DACH, too


# What a region's name may be; what somebody writes into an address may be anything.
NAME = re.compile(r"[A-Z0-9]{0,8}\Z")


def known(said: str) -> str:
    """The region that an address names; everywhere for what is no region's name."""
    region = said.strip().upper()
    return region if NAME.match(region) else EVERYWHERE


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
