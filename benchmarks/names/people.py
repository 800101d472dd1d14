"""People and places of the world, as the packages of development time have them."""

import importlib
import pkgutil
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.names.lists import CITIES, LATIN, OTHERS


@dataclass
class Person:
    """A locale's names."""

    first: list[str]
    last: list[str]


def people() -> Iterator[tuple[str, Person]]:
    import faker.providers.person as package

    for found in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.person.{found.name}").Provider
        first, last = set(), set()
        for name in dir(provider):
            if not name.startswith(("first_names", "last_names", "first_romanized", "last_romanized")):
                continue
            values = getattr(provider, name)
            several = list(values) if isinstance(values, dict | list | tuple | set | frozenset) else []
            chosen = {one.strip() for one in several if isinstance(one, str) and 1 < len(one.strip()) < 30}
            if found.name == "ja_JP" and "romanized" not in name and not name.endswith("names"):
                continue
            (first if name.startswith("first") else last).update(chosen)
        if found.name == "ja_JP":
            first |= {one[2] for one in provider.first_name_pairs}
            last |= {one[2] for one in provider.last_name_pairs}
        if found.name == "pl_PL":
            last |= {*provider.unisex_last_names, *provider.male_last_names}
        if first and last:
            yield found.name, Person(sorted(first), sorted(last))
    yield "us_census", Person(census("male.first", 1200) + census("female.first", 4000), census("last", 25000))


def census(kind: str, most: int) -> list[str]:
    """The most frequent names of the United States' census of 1990, in the public domain, as the package `names` has them."""
    import names

    lines = (Path(names.__file__).parent / f"dist.{'all.' if kind == 'last' else ''}{kind}").read_text().splitlines()
    return [line.split()[0].capitalize() for line in lines[:most]]


def places() -> tuple[list[str], dict[str, list[str]]]:
    """Cities of the world in several languages, and countries by language (CLDR, and Faker's lists)."""
    from babel import Locale
    from faker.providers.address import __path__ as addresses

    cities, countries = set(), {}
    for code in ("en", "de", "es", "fr", "it", "nl", "pt", "pl", "sv", "tr"):
        locale = Locale(code)
        countries[code] = [name for key, name in locale.territories.items() if len(key) == 2 and key.isalpha()]
        cities |= {zone["city"] for zone in locale.time_zones.values() if "city" in zone}
    for found in pkgutil.iter_modules(addresses):
        provider = importlib.import_module(f"faker.providers.address.{found.name}").Provider
        for attribute in ("cities", "city_names", "towns"):
            cities |= {one for one in getattr(provider, attribute, ()) if isinstance(one, str) and one[0].isascii()}
    cities |= set(CITIES.split("|"))
    return sorted(cities), countries


def fakers(rng: random.Random) -> dict[str, object]:
    from faker import Faker

    made = {}
    for locale in (*LATIN, *OTHERS):
        made[locale] = Faker(locale)
        made[locale].seed_instance(rng.randint(0, 10**9))
    return made
