"""Fits the recogniser of names and addresses (supportsite/redaction/names.npz): `python -m benchmarks.fit_names FOLDER`.

FOLDER holds what is read at development time and never shipped: wheels of django-oscar, wagtail, indico and
apache-superset, from whose translations ordinary words of many languages come. Faker must be importable (names, streets and
cities of some seventy locales). The forms that are filled are ours (benchmarks/names/). See NOTICE.
"""

import argparse
import gettext
import importlib
import io
import itertools
import json
import pkgutil
import random
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from supportsite.redaction import recogniser, words

HERE = Path(__file__).parent / "names"
GIVEN, FAMILY, COMMON, FREQUENT, PLACE, SMALL = 1, 2, 4, 8, 16, 32
O, NAME, ADDRESS, PLACES, ORG = range(5)
LATIN = (
    "en_US en_GB en_AU en_CA en_IE en_IN en_NZ en_PH de_DE de_AT de_CH fr_FR fr_CA fr_CH es_ES es_MX es_AR es_CL es_CO it_IT nl_NL nl_BE "
    "pt_BR pt_PT pl_PL sv_SE da_DK no_NO fi_FI cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO id_ID tl_PH zu_ZA az_AZ"
).split()
OTHERS = "el_GR ru_RU uk_UA ja_JP zh_CN ko_KR ka_GE hy_AM".split()
HOME = {"en": "en_US en_GB en_AU en_CA en_IE en_IN en_NZ", "de": "de_DE de_AT de_CH", "es": "es_ES es_MX es_AR es_CL es_CO", "fr": "fr_FR fr_CA fr_CH", "it": "it_IT", "nl": "nl_NL nl_BE", "pt": "pt_BR pt_PT", "pl": "pl_PL", "sv": "sv_SE", "ru": "ru_RU", "el": "el_GR"}  # fmt: skip
CITIES = (
    "London|Manchester|Birmingham|Leeds|Glasgow|Liverpool|Bristol|Sheffield|Edinburgh|Cardiff|Belfast|Dublin|Cork|Galway|Berlin|Hamburg|"
    "München|Köln|Frankfurt|Stuttgart|Düsseldorf|Leipzig|Dortmund|Essen|Bremen|Dresden|Hannover|Nürnberg|Bonn|Münster|Karlsruhe|Mannheim|"
    "Augsburg|Kiel|Freiburg|Mainz|Kassel|Wien|Graz|Linz|Salzburg|Innsbruck|Zürich|Genf|Basel|Bern|Lausanne|Paris|Lyon|Marseille|Toulouse|"
    "Nice|Nantes|Strasbourg|Montpellier|Bordeaux|Lille|Rennes|Reims|Grenoble|Dijon|Angers|Brest|Madrid|Barcelona|Valencia|Sevilla|Zaragoza|"
    "Málaga|Murcia|Palma|Bilbao|Alicante|Córdoba|Valladolid|Vigo|Granada|Oviedo|Mallorca|Canarias|Ibiza|Tenerife|Mexico City|Guadalajara|"
    "Monterrey|Bogotá|Medellín|Lima|Santiago|Quito|Roma|Milano|Napoli|Torino|Venezia|Firenze|Bologna|Amsterdam|Rotterdam|Utrecht|Brussels|"
    "Antwerp|Lisbon|Porto|Warsaw|Kraków|Prague|Budapest|Vienna|Munich|Cologne|Rome|Milan|Venice|Florence|Naples|Athens|Stockholm|Oslo|"
    "Copenhagen|Helsinki|New York|Los Angeles|Chicago|Houston|Phoenix|Philadelphia|San Diego|Dallas|Austin|Seattle|Denver|Boston|Portland|"
    "Miami|Atlanta|Orlando|Detroit|Las Vegas|Nashville|Texas|California|Florida|Ohio|Virginia|Georgia|Carolina|Montana|Toronto|Vancouver|"
    "Montreal|Calgary|Ottawa|Sydney|Melbourne|Brisbane|Perth|Adelaide|Auckland|Wellington|Scotland|Wales|England|Bavaria|Bayern|Sachsen|"
    "Hessen|Normandie|Bretagne|Provence|Corsica|Sicily|Andalucía|Cataluña|Galicia|Europe|Europa|Asia|Africa|EU|USA|UK|Greenland"
)
NAMES_ONLY = "en_NG en_KE en_PK en_TH ig_NG yo_NG ha_NG tw_GH sw is_IS et_EE lt_LT lv_LV tr_TR uz_UZ vi_VN ga_IE fr_DZ es_CA fr_BE de_LI de_LU fr_QC".split()
# As these names are written in Latin letters; ours.
ROMAN = {
    "zh": ("Wei Fang Min Jing Lei Yan Na Jun Hui Xin Yu Ling Qiang Ping Hong Tao Ming Chao Xiaoming Xiaohong Jiayi Zihan Haoran Yuxuan Meiling Guang Bo Chen Rui Shan".split(),
           "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Tang Deng Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Shen Yao Lu Fu Zhong Tan Wong Chan Lee Cheung Lau Leung Ng Ho Kwok".split()),
    "ko": ("Min-jun Seo-yeon Ji-woo Ha-eun Do-yun Jiho Minseo Yuna Sora Hyun Jin-woo Soo-jin Eun-ji Tae-hyung Ji-min Hye-jin Dong-hyun Young-ho Jae-won Mi-rae".split(),
           "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong".split()),
    "ar": ("Mohammed Muhammad Ahmed Ali Omar Youssef Yusuf Khalid Hassan Hussein Ibrahim Abdullah Abdulrahman Khaled Mustafa Mahmoud Tariq Samir Karim Bilal Fatima Aisha Maryam Mariam Zainab Layla Leila Noor Nour Huda Salma Yasmin Amina Khadija Rania Dalia Hanan Sara Amal Reem Ghada".split(),
           "Al-Sayed Al-Farsi Al-Masri El-Amin Haddad Khoury Nasser Mansour Saleh Hamdan Abbas Aziz Rahman Khalil Najjar Qureshi Siddiqui Ansari Farouk Bakr Sharif Jaber Tahir Zayed Habib Darwish Ben-Youssef Benali Bouzid Cherif".split()),
    "in": ("Aarav Vivaan Aditya Arjun Rohan Rahul Sanjay Vikram Anil Suresh Ramesh Priya Ananya Diya Kavya Pooja Neha Shreya Deepika Sunita Lakshmi Meera Harpreet Gurpreet Jaspreet Manpreet Arun Karthik Venkat Srinivas".split(),
           "Sharma Verma Gupta Patel Shah Mehta Singh Kaur Reddy Rao Iyer Nair Menon Das Mukherjee Banerjee Chatterjee Bose Ghosh Kulkarni Deshpande Joshi Desai Agarwal Jain Kapoor Malhotra Chopra Bhatt Pillai".split()),
    "ru": ("Ivan Dmitri Dmitry Sergei Sergey Alexei Aleksandr Mikhail Nikolai Vladimir Andrei Pavel Yuri Oleg Igor Natalia Tatiana Olga Svetlana Ekaterina Irina Anastasia Ludmila Galina Yelena Ksenia Oksana Oleksandr Volodymyr Mykola".split(),
           "Ivanov Petrov Sidorov Smirnov Kuznetsov Popov Volkov Sokolov Morozov Novikov Ivanova Petrova Smirnova Kuznetsova Popova Volkova Shevchenko Kovalenko Bondarenko Tkachenko Kravchenko Melnyk Boyko".split()),
    "he": ("Noam Eitan Yael Tamar Shira Avi Moshe Yitzhak Rivka Oren Gal Tal Dvora Chaim Shlomo".split(), "Cohen Levi Mizrahi Peretz Biton Friedman Katz Azoulay Shapiro Goldberg Rosenberg Ben-David".split()),
}  # fmt: skip


@dataclass
class Person:
    """A locale's names."""

    first: list[str]
    last: list[str]


class World:
    """Names, addresses and texts to fill forms with."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.rng = rng
        self.people = dict(_people())
        self.people.update({f"roman_{code}": Person(*both) for code, both in ROMAN.items()})
        self.fakers = _fakers(rng)
        self.addresses: dict[str, list[tuple[str, str, str]]] = {}
        self.corpus = _corpus(folder)
        self.products = (HERE / "products.txt").read_text("utf-8").splitlines()
        self.forms = _forms()
        self.cities, self.countries = _places()
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


@dataclass
class Corpus:
    """Ordinary sentences by language, how often each word stands in them, and words to make names of products from."""

    sentences: dict[str, list[str]]
    counts: dict[str, Counter[str]]
    capital: dict[str, list[str]]
    small: set[str]


def _people() -> Iterator[tuple[str, Person]]:
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
    yield "us_census", Person(_census("male.first", 1200) + _census("female.first", 4000), _census("last", 25000))


def _census(kind: str, most: int) -> list[str]:
    """The most frequent names of the United States' census of 1990, in the public domain, as the package `names` has them."""
    import names

    lines = (Path(names.__file__).parent / f"dist.{'all.' if kind == 'last' else ''}{kind}").read_text().splitlines()
    return [line.split()[0].capitalize() for line in lines[:most]]


def _places() -> tuple[list[str], dict[str, list[str]]]:
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


def _fakers(rng: random.Random) -> dict[str, object]:
    from faker import Faker

    made = {}
    for locale in (*LATIN, *OTHERS):
        made[locale] = Faker(locale)
        made[locale].seed_instance(rng.randint(0, 10**9))
    return made


def _forms() -> list[tuple[str, str]]:
    forms, language = [], ""
    for line in (HERE / "templates.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            language = line[2:]
        elif line and not line.startswith("#"):
            forms.append((language, line))
    return forms


def _corpus(folder: Path) -> Corpus:
    """Sentences of the wheels' translations, of our own demo, of CLINC150 (train) and DSTC10's entries."""
    sentences: dict[str, list[str]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        archive = zipfile.ZipFile(wheel)
        for path in archive.namelist():
            found = re.search(r"/(?:locale|translations)/([a-z]{2})(?:_[A-Z]{2})?/LC_MESSAGES/[\w-]+\.mo$", path)
            if not found:
                continue
            try:
                catalog = gettext.GNUTranslations(io.BytesIO(archive.read(path)))._catalog
            except (OSError, UnicodeDecodeError):
                continue
            for source, target in catalog.items():
                for language, text in (("en", source), (found[1], target)):
                    if isinstance(text, tuple):
                        text = text[0]
                    if isinstance(text, str) and 2 < len(text) < 400 and "POT-Creation" not in text:
                        sentences.setdefault(language, []).append(
                            re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>|&\w+;", "", text).strip()
                        )
    for article in Path("knowledge/demo/articles").rglob("*.md"):
        language = article.parent.name
        text = article.read_text("utf-8").split("---", 2)[-1]
        sentences.setdefault(language, []).extend(re.split(r"(?<=[.!?])\s+|\n+", re.sub(r"[*#`]", "", text)) * 4)
    data, small = Path("../shared/data"), set()
    for row in map(json.loads, (data / "intent-clinc150/train.jsonl").open()):
        if row["intent"] not in ("change_user_name", "change_ai_name", "what_is_your_name", "who_made_you", "oos"):
            sentences["en"].append(row["text"])
            small.add(row["text"])  # names too are in small letters here
    for row in map(json.loads, (data / "faq-dstc10/articles.jsonl").open()):
        sentences["en"].append(row["title"].split(": ", 1)[-1])
    unique = {language: sorted({one for one in texts if one}) for language, texts in sentences.items()}
    counts = {
        language: Counter(w.lower() for t in texts for w in re.findall(r"[^\W\d_]+", t))
        for language, texts in unique.items()
    }
    capital = {
        code: [w for w, n in counts[code].most_common(6000)[200:] if len(w) > 3] for code in ("en", "de", "es", "fr")
    }
    return Corpus(unique, counts, capital, small)


def _lexicon(world: World) -> words.Lexicon:
    """What is known of words, by their hashes."""
    import faker.providers.lorem as lorem
    from faker.providers.address import __path__ as addresses

    bits: Counter[str] = Counter()

    def mark(word: str, bit: int) -> None:
        for part in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", word):
            if len(part) > 1:
                bits[part.lower()] |= bit

    for person in world.people.values():
        for name in person.first:
            mark(name, GIVEN)
        for name in person.last:
            mark(name, FAMILY)
    for language, counts in world.corpus.counts.items():
        least = 2 if language in ("en", "de", "fr", "es", "it", "nl", "pt") else 4
        for rank, (word, count) in enumerate(counts.most_common()):
            small = world.corpus_small[language][word]
            if count >= least and (language == "de" or small >= 1):
                bits[word] |= COMMON | (FREQUENT if rank < 400 else 0) | (SMALL if small > 0.5 * count else 0)
    for word, count in world.corpus_everyday.items():
        if count >= 2:
            bits[word] |= words.EVERYDAY
    for found in pkgutil.iter_modules(lorem.__path__):
        for word in importlib.import_module(f"faker.providers.lorem.{found.name}").Provider.word_list:
            if found.name not in ("la",):
                bits[word.lower()] |= COMMON
    for found in pkgutil.iter_modules(addresses):
        provider = importlib.import_module(f"faker.providers.address.{found.name}").Provider
        for attribute in (
            "cities",
            "city_names",
            "countries",
            "states",
            "provinces",
            "towns",
            "departments",
            "regions",
        ):
            for value in getattr(provider, attribute, ()):
                for part in [value] if isinstance(value, str) else value if isinstance(value, tuple) else []:
                    if isinstance(part, str) and len(part) > 3 and " " not in part:
                        mark(part, PLACE)
    for place in (*world.cities, *itertools.chain(*world.countries.values())):
        for part in re.findall(r"[^\W\d_]{3,}", place):
            bits[part.lower()] |= PLACE
    hashes = {}
    for word, known in bits.items():
        hashes[words.key(word)] = hashes.get(words.key(word), 0) | known
    ordered = sorted(hashes)
    return words.Lexicon(np.array(ordered, np.uint32), np.array([hashes[one] for one in ordered], np.uint8))


def _examples(world: World, count: int) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
    """Filled forms, ordinary sentences, and both behind one another."""
    rng = world.rng
    languages = ["en"] * 8 + ["de"] * 5 + ["es"] * 4 + ["fr"] * 4 + ["it", "nl", "pt"]
    by_language: dict[str, list[str]] = {}
    for language, form in world.forms:
        by_language.setdefault(language, []).append(form)
    weights = {language: len(forms) for language, forms in by_language.items()}
    for _ in range(count):
        pieces: list[tuple[str, list[tuple[int, int, int]]]] = []
        language = rng.choices(list(weights), list(weights.values()))[0]
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
            chance = rng.random()
            if chance < 0.16:
                pieces.append(_inserted(world, rng.choice(languages)))
            elif chance < 0.42:
                own = language if language in languages and rng.random() < 0.7 else rng.choice(languages)
                pieces.append((rng.choice(world.corpus.sentences.get(own) or world.corpus.sentences["en"]), []))
            else:
                pieces.append(world.fill(language, rng.choice(by_language[language])))
        yield _styled(rng, *_joined(rng, pieces))


def _inserted(world: World, language: str) -> tuple[str, list[tuple[int, int, int]]]:
    """A name somewhere in an ordinary sentence: so that it is known as one whatever stands beside it."""
    language = language if language in world.corpus.sentences else "en"
    split = world.rng.choice(world.corpus.sentences[language]).split(" ")
    at = world.rng.randint(0, len(split))
    before, name = " ".join(split[:at]), world.name(language)
    start = len(before) + bool(before)
    return " ".join(filter(None, (before, name, *split[at + 1 :]))), [(start, start + len(name), NAME)]


def _joined(rng, pieces):
    text, spans = "", []
    for piece, inside in pieces:
        text += rng.choice((" ", " ", "\n", ". ", ", ")) if text and not text.endswith("\n") else ""
        spans += [(start + len(text), end + len(text), label) for start, end, label in inside]
        text += piece
    return text, spans


def _styled(rng, text, spans):
    """Now and then in small letters, in capitals, without the accents' care: as people type."""
    chance = rng.random()
    if chance < 0.2 and len(text.lower()) == len(text):
        return text.lower(), spans
    if chance < 0.23 and len(text.upper()) == len(text):
        return text.upper(), spans
    if chance < 0.28:
        plain = text[:1].lower() + text[1:]
        return plain, spans
    return text, spans


def _presidio(path: Path) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
    labels = {"PERSON": NAME, "STREET_ADDRESS": ADDRESS, "ZIP_CODE": ADDRESS, "GPE": PLACES, "ORGANIZATION": ORG}
    for row in map(json.loads, path.open()):
        every = [*row["spans"], *row["optional"]]
        yield row["text"], [(s["start"], s["end"], labels[s["type"]]) for s in every if s["type"] in labels]


class Encoded:
    """Examples as features and labels."""

    def __init__(self, examples, lexicon: words.Lexicon, rng: random.Random, *, hide: bool) -> None:
        self.columns, self.owners, self.labels, self.lengths = [], [], [], []
        for text, spans in examples:
            split = words.split(text)[:140]
            if not split:
                continue
            labels = np.zeros(len(split), np.int8)
            for start, end, label in spans:
                for at, word in enumerate(split):
                    if word.start < end and word.end > start:
                        labels[at] = label
            hidden = (
                {at for at in range(len(split)) if rng.random() < (0.4 if labels[at] == NAME else 0.05)}
                if hide
                else set()
            )
            found = words.features(split, lexicon, hidden=hidden)
            owner = np.concatenate(
                [np.repeat(np.arange(len(split)), found.counts), np.repeat(np.arange(len(split)), found.pairs.shape[1])]
            )
            self.columns.append(np.concatenate([found.own, found.pairs.ravel()]).astype(np.int32))
            self.owners.append(owner.astype(np.int32))
            self.labels.append(labels)
            self.lengths.append(len(split))


def _batches(data: Encoded, size: int, rng: random.Random):
    order = sorted(range(len(data.lengths)), key=lambda at: (data.lengths[at] // 4, rng.random()))
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(groups)
    for group in groups:
        longest = max(data.lengths[at] for at in group)
        rows = np.concatenate([data.owners[at] + place * longest for place, at in enumerate(group)])
        columns = np.concatenate([data.columns[at] for at in group])
        matrix = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(group) * longest, words.BUCKETS)
        )
        labels, mask = np.zeros((len(group), longest), np.int64), np.zeros((len(group), longest), bool)
        for place, at in enumerate(group):
            labels[place, : data.lengths[at]] = data.labels[at]
            mask[place, : data.lengths[at]] = True
        yield matrix, labels, mask


def _chain(scores, steps, labels, mask):
    """Gradients of the log-likelihood of a batch: of the scores (rows, words, labels) and of the steps."""
    rows, length, n = scores.shape
    forward = np.empty_like(scores)
    forward[:, 0] = scores[:, 0]
    for t in range(1, length):
        new = _sum(forward[:, t - 1, :, None] + steps[None], 1) + scores[:, t]
        forward[:, t] = np.where(mask[:, t, None], new, forward[:, t - 1])
    total = _sum(forward[:, -1], 1)
    backward = np.zeros_like(scores)
    expected = np.zeros_like(steps)
    for t in range(length - 2, -1, -1):
        later = scores[:, t + 1] + backward[:, t + 1]
        both = forward[:, t, :, None] + steps[None] + later[:, None, :] - total[:, None, None]
        expected += (np.exp(both) * mask[:, t + 1, None, None]).sum(0)
        backward[:, t] = np.where(mask[:, t + 1, None], _sum(steps[None] + later[:, None, :], 2), 0.0)
    marginal = np.exp(forward + backward - total[:, None, None]) * mask[..., None]
    gold = np.eye(n)[labels] * mask[..., None]
    pairs = np.zeros_like(steps)
    both = mask[:, 1:]
    np.add.at(pairs, (labels[:, :-1][both], labels[:, 1:][both]), 1)
    return gold - marginal, pairs - expected


def _sum(values, axis):
    most = values.max(axis=axis, keepdims=True)
    return np.squeeze(most, axis) + np.log(np.exp(values - most).sum(axis=axis))


def _fit(data: Encoded, *, epochs: int, rate: float, decay: float, rng: random.Random):
    n = len(recogniser.LABELS)
    weights, squares = np.zeros((words.BUCKETS, n), np.float32), np.full((words.BUCKETS, n), 1e-2, np.float32)
    steps, step_squares = np.zeros((n, n)), np.full((n, n), 1e-2)
    for epoch in range(epochs):
        began = time.perf_counter()
        for matrix, labels, mask in _batches(data, 384, rng):
            scores = (matrix @ weights).reshape(*mask.shape, n).astype(np.float64)
            of_scores, of_steps = _chain(scores, steps, labels, mask)
            gradient = matrix.T @ (of_scores.reshape(-1, n).astype(np.float32) / len(mask))
            touched = np.flatnonzero(np.abs(gradient).sum(1))
            change = gradient[touched] - decay * weights[touched]
            squares[touched] += change**2
            weights[touched] += rate * change / np.sqrt(squares[touched])
            of_steps = of_steps / len(mask)
            step_squares += of_steps**2
            steps += 0.1 * of_steps / np.sqrt(step_squares)
        print(f"epoch {epoch}: {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return weights, steps.astype(np.float32)


def _save(weights, steps, lexicon: words.Lexicon, path: Path) -> None:
    largest = np.abs(weights).max(axis=1)
    kept = np.flatnonzero(largest > 0.08)
    scale = np.float32(np.abs(weights).max() / 127)
    np.savez_compressed(
        path, at=kept.astype(np.uint32), weights=np.round(weights[kept] / scale).astype(np.int8), scale=scale, steps=steps,
        hashes=lexicon.hashes, bits=lexicon.bits,
    )  # fmt: skip


def _with_lexicon(lexicon: words.Lexicon, path: Path) -> None:
    with np.load(path) as saved:
        arrays = dict(saved) | {"hashes": lexicon.hashes, "bits": lexicon.bits}
    np.savez_compressed(path, **arrays)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path, help="labelled rows to fit on as well")
    parser.add_argument("--count", type=int, default=45000)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--out", type=Path, default=recogniser.FILE)
    parser.add_argument("--lexicon", action="store_true", help="only write what is known of words anew")
    given = parser.parse_args()
    rng = random.Random(7)
    world = World(given.folder, rng)
    world.corpus_small = {
        language: Counter(w for t in texts for w in re.findall(r"[^\W\d_]+", t) if w.islower())
        for language, texts in world.corpus.sentences.items()
    }
    world.corpus_everyday = Counter(
        w
        for texts in world.corpus.sentences.values()
        for t in {*texts} - world.corpus.small
        for w in re.findall(r"[^\W\d_]+", t)
        if w.islower()
    )
    lexicon = _lexicon(world)
    if given.lexicon:
        _with_lexicon(lexicon, given.out)
        return
    print(
        {language: len(texts) for language, texts in world.corpus.sentences.items()},
        len(lexicon.hashes),
        file=sys.stderr,
    )
    examples = list(_examples(world, given.count))
    if given.rows:
        examples += list(_presidio(given.rows)) * 2
    for text, spans in examples[:40]:
        print(repr(text), [text[a:b] for a, b, _ in spans], file=sys.stderr)
    began = time.perf_counter()
    data = Encoded(examples, lexicon, rng, hide=True)
    print(f"encoded {len(data.lengths)} in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    weights, steps = _fit(data, epochs=given.epochs, rate=0.2, decay=1e-5, rng=rng)
    _save(weights, steps, lexicon, given.out)
    print(f"{given.out}: {given.out.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
