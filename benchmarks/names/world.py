"""Forms of ours, filled with names, addresses, products and numbers."""

import random
import re
from pathlib import Path

from benchmarks.names.corpus import corpus
from benchmarks.names.lists import ADDRESS, HOME, LATIN, NAME, NAMES_ONLY, ORG, OTHERS, PLACES, ROMAN, O
from benchmarks.names.people import Person, fakers, people, places

HERE = Path(__file__).parent


class World:
    """Names, addresses and texts to fill forms with."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.rng = rng
        self.people = dict(people())
        self.people.update({f"roman_{code}": Person(*both) for code, both in ROMAN.items()})
        self.fakers = fakers(rng)
        self.addresses: dict[str, list[tuple[str, str, str]]] = {}
        self.corpus = corpus(folder)
        self.products = (HERE / "products.txt").read_text("utf-8").splitlines()
        self.forms = _forms()
        self.cities, self.countries = places()
        self.latin_people = [
            one
            for one in self.people
            if one in LATIN or one in NAMES_ONLY or one.startswith("roman") or one in ("us_census", "ja_JP")
        ]

    def person(self, language: str) -> Person:
        """Names of the language's own people, or of others."""
        home = [one for one in HOME.get(language, "").split() if one in self.people]
        if (home and self.rng.random() < 0.35) or language in ("ru", "el"):
            return self.people[self.rng.choice(home)]
        if self.rng.random() < 0.03:
            return self.people[self.rng.choice([one for one in OTHERS if one in self.people])]
        return self.people[self.rng.choice(self.latin_people)]

    def name(self, language: str) -> str:
        """A person as people write one."""
        one, chance = self.person(language), self.rng.random()
        first, last = self.rng.choice(one.first), self.rng.choice(one.last)
        second = self.rng.choice(one.first)
        if chance < 0.55:
            return f"{first} {last}"
        if chance < 0.72:
            return first
        if chance < 0.79:
            return f"{first} {second[0]}. {last}"
        if chance < 0.83:
            return f"{first} {second} {last}"
        if chance < 0.88:
            return f"{first} {last} {self.rng.choice(one.last)}"
        if chance < 0.91:
            return f"{first}-{second} {last}"
        if chance < 0.94:
            return f"{first} {last}-{self.rng.choice(one.last)}"
        if chance < 0.97:
            return f"{first[0]}. {last}"
        return f"{last}, {first}"

    def address(self, language: str) -> tuple[str, str, str]:
        """(street with number, all of it, city)."""
        home = HOME.get(language, "").split()
        if (home and self.rng.random() < 0.4) or language in ("ru", "el"):
            locale = self.rng.choice(home)
        else:
            locale = self.rng.choice(LATIN) if self.rng.random() < 0.97 else self.rng.choice(OTHERS)
        pool = self.addresses.setdefault(locale, [])
        if len(pool) < 400:
            pool.append(self._address(locale))
            return pool[-1]
        return self.rng.choice(pool)

    def _address(self, locale: str) -> tuple[str, str, str]:
        fake, chance, rng = self.fakers[locale], self.rng.random(), self.rng
        city = fake.city()
        number = rng.choice(
            [
                str(rng.randint(1, 99)),
                str(rng.randint(1, 999)),
                f"{rng.randint(1, 99)}{rng.choice('abcABC')}",
                str(rng.randint(1000, 99999)),
            ]
        )
        name = fake.street_name()
        street = (
            fake.street_address().split("\n")[0]
            if chance < 0.4
            else f"{number} {name}"
            if chance < 0.6
            else f"{name} {number}"
        )
        if chance > 0.95:
            street = f"{rng.randint(1, 9999)} {name} {rng.randint(1, 150)}"
        if chance > 0.98:
            street = rng.choice([f"{name} and {fake.street_name()}", f"the corner of {name} and {fake.street_name()}"])
        if rng.random() < 0.12:
            street = name
        inside = rng.choice(
            [
                f"Apt. {rng.randint(1, 999)}",
                f"Suite {rng.randint(1, 999)}",
                f"Apt {rng.randint(1, 99)}",
                f"Flat {rng.randint(1, 20)}",
                f"Unit {rng.randint(1, 20)}",
                f"{rng.randint(1, 9)}. Stock",
                f"{rng.randint(1, 9)}º {rng.choice('ABCD')}",
                f"piso {rng.randint(1, 9)}",
                f"appt {rng.randint(1, 90)}",
                f"#{rng.randint(1, 99)}",
                f"c/o {fake.last_name()}",
            ]
        )
        parts = [street] + ([inside] if rng.random() < 0.25 else [])
        code = fake.postcode() if rng.random() < 0.8 else str(rng.randint(1000, 99999))
        if rng.random() < 0.1:
            city = city.upper()
        region = rng.choice(["CO", "NI", "PA", "TX", "CA", "BC", "VIC", "SK", "AP", "IL", "Bayern", "Kent", "Madrid"])
        place = rng.choice(
            [f"{code} {city}", f"{city} {code}", f"{city}, {code}", f"{city}, {region} {code}", f"{city}\n{code}", city]
        )
        if chance < 0.75:
            parts.append(place)
        if rng.random() < 0.25:
            parts.append(rng.choice([fake.country(), f"{fake.country()} {code}", self.fakers["en_US"].country()]))
        if rng.random() < 0.03:
            parts = [
                rng.choice(
                    [
                        f"P.O. Box {number}",
                        f"Postfach {number}",
                        f"PSC {number}, Box {rng.randint(1, 9999)}\nAPO AA {code}",
                        f"Apartado {number}",
                        f"BP {number}",
                    ]
                ),
                place,
            ]
        return street, rng.choice([", ", ", ", "\n", "\n ", " ", " - "]).join(parts), city.title()

    def fill(self, language: str, form: str) -> tuple[str, list[tuple[int, int, int]]]:
        """A form with everything in its place, and the pieces (start, end, label)."""
        text, spans = "", []
        for part in re.split(r"(\{\w\})", form.replace("\\n", "\n")):
            if not re.fullmatch(r"\{\w\}", part):
                text += part
                continue
            value, label = self._value(language, part[1])
            spans.append((len(text), len(text) + len(value), label))
            text += value
        return text, spans

    def _value(self, language: str, sign: str) -> tuple[str, int]:
        rng = self.rng
        match sign:
            case "n":
                return self.name(language), NAME
            case "f":
                return rng.choice(self.person(language).first), NAME
            case "l":
                last = rng.choice(self.person(language).last)
                return (f"{last}-{rng.choice(self.person(language).last)}" if rng.random() < 0.06 else last), NAME
            case "a":
                return self.address(language)[1], ADDRESS
            case "s":
                return self.address(language)[0], ADDRESS
            case "c":
                known = self.rng.random() < 0.8
                return rng.choice(self.cities) if known else self.address(language)[2], PLACES
            case "q":
                return self._quantity(language), O
            case "z":
                return rng.choice(self.countries.get(language) or self.countries["en"]), PLACES
            case "o":
                locale = rng.choice(HOME.get(language, "en_US").split()) if rng.random() < 0.5 else rng.choice(LATIN)
                return self.fakers[locale].company(), ORG
            case "p":
                return self._product(), O
            case "m":
                home = HOME.get(language, "en_US").split()[0]
                kind = rng.random()
                return (
                    self.fakers[home].month_name()
                    if kind < 0.4
                    else self.fakers[home].day_of_week()
                    if kind < 0.7
                    else f"{rng.randint(1, 30)} {self.fakers[home].month_name()}"
                ), O
            case "d":
                return rng.choice(
                    [
                        str(rng.randint(1, 99)),
                        str(rng.randint(10**5, 10**9)),
                        f"NP-{rng.randint(10**5, 10**8)}",
                        f"{rng.choice('ABCDEF')}{rng.randint(100, 99999)}",
                        f"#{rng.randint(1000, 99999)}",
                        str(rng.randint(1900, 2026)),
                    ]
                ), O
            case "e":
                return rng.choice([f"{rng.choice(self.person('en').first).lower()}@mail.example", "x@y.example"]), O
            case "t":
                return rng.choice(["+", "0", "(0)"]) + " ".join(str(rng.randint(10, 9999)) for _ in range(3)), O
        raise ValueError(sign)

    def _invented(self) -> str:
        """A product's name that nobody has heard: two halves of words, often with a number."""
        rng = self.rng
        one, other = (rng.choice(self.corpus.capital[rng.choice(("en", "de", "es", "fr"))]) for _ in range(2))
        word = (one[: max(2, len(one) // 2)] + other[len(other) // 2 :]).capitalize()
        if rng.random() < 0.25:
            word += " " + rng.choice(self.corpus.capital["en"]).capitalize()
        return word + rng.choice(
            (
                "",
                "",
                f" {rng.randint(1, 9)}",
                f" {rng.randint(1, 9)}",
                f" {rng.randint(10, 900)}",
                f" {rng.choice('XSRLT')}{rng.randint(1, 99)}",
                f" {rng.choice(('Pro', 'Plus', 'Max', 'Lite', 'Mini'))}",
            )
        )

    def _quantity(self, language: str) -> str:
        """How much, how long, when: figures that are no address."""
        rng, n = self.rng, self.rng.randint(1, 60)
        units = "days kg km people months weeks hours pairs litres Tage Tagen Werktage Monate Monaten Wochen Stunden Personen Liter días meses semanas horas personas jours mois semaines heures personnes cm mm € EUR euros dollars % °C x MB GB inch".split()
        unit = rng.choice(units)
        return rng.choice(
            (
                f"{n} {unit}",
                f"{n}{unit}",
                f"{n}–{n + rng.randint(1, 9)} {unit}",
                f"{rng.randint(1, 300)},{rng.randint(10, 99)} €",
                f"€{rng.randint(1, 300)}.{rng.randint(10, 99)}",
                f"{rng.randint(0, 23)}:{rng.randint(10, 59)}",
                f"{n} x {n + 10} cm",
                f"{rng.randint(1, 28)}.{rng.randint(1, 12)}.{rng.randint(2019, 2027)}",
                f"{rng.randint(1, 28)}/{rng.randint(1, 12)}",
                str(n),
                str(rng.randint(1000, 9999)),
                f"{rng.randint(2, 40)} {rng.choice(self.corpus.capital[language if language in ('en', 'de', 'es', 'fr') else 'en'])}",
            )
        )

    def _product(self) -> str:
        chance = self.rng.random()
        if chance < 0.35:
            return self.rng.choice(self.products)
        if chance < 0.75:
            return self._invented()
        source = self.rng.choice(["en", "de", "es", "fr"])
        chosen = [self.rng.choice(self.corpus.capital[source]).capitalize() for _ in range(self.rng.randint(1, 3))]
        return " ".join(chosen) + (f" {self.rng.randint(1, 900)}" if self.rng.random() < 0.2 else "")


def _forms() -> list[tuple[str, str]]:
    forms, language = [], ""
    for line in (HERE / "templates.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            language = line[2:]
        elif line and not line.startswith("#"):
            forms.append((language, line))
    return forms
