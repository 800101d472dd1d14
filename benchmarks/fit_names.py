"""Fits the recogniser of names and addresses (supportsite/redaction/names.npz): `python -m benchmarks.fit_names FOLDER`.

FOLDER holds what is read at development time and never shipped: wheels of django-oscar, wagtail, indico and
apache-superset, from whose translations ordinary words of many languages come. Faker must be importable (names, streets and
cities of some seventy locales). The forms that are filled are ours (benchmarks/names/). See NOTICE.
"""

import argparse
import importlib
import itertools
import json
import pkgutil
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.names.chain import Encoded, fit
from benchmarks.names.world import ADDRESS, NAME, ORG, PLACES, World
from supportsite.redaction import recogniser, words

GIVEN, FAMILY, COMMON, FREQUENT, PLACE, SMALL = 1, 2, 4, 8, 16, 32


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
    weights, steps = fit(data, epochs=given.epochs, rate=0.2, decay=1e-5, rng=rng)
    _save(weights, steps, lexicon, given.out)
    print(f"{given.out}: {given.out.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
