"""What reaches a provider over the wire: `.venv/bin/python -m benchmarks.wire_scan [COUNT] [SEED]`.

COUNT conversations (2,000) with personal data of every kind in them go through the assistant to a local server that speaks
OpenAI's protocol. Then everything that it received is searched for every value, and for every part of a name.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chat.assistant.shop import COSTS, RETURNS, a_site, a_turn
from tests.fakes.openai_server import Says, openai_server

_PEOPLE = """Amara Okonkwo|Liesel Wagenknecht|Thiago Figueiredo|Siobhan Gallagher|Yusuf Karahan|Anneliese Brückner|Mei-Ling Tsai
Rajesh Venkataraman|Ingrid Thorvaldsen|Zofia Wiśniewska|Beatriz Echeverría|Thibault Marchand|Kwame Boateng|Hyejin Baek
Fatoumata Diallo|Dmytro Hrytsenko|Eleni Papadaki|Nguyễn Văn Hùng|Clémence Dufour|Gonzalo Ibarra|Wilhelmina Drost|Oisín Kearney
Shirin Tavakoli|Abdulaziz Al-Harbi|Maiken Sørensen|Lorenzo Bevilacqua|Priyanka Chaudhary|Tariq Mahmood|Heidrun Kaltenbach
Svetlana Morozova|Jarosław Kubiak|Aino Virtanen|Chukwuemeka Eze|Martha Whitfield|Desmond Achebe|Carla Montserrat|Ezequiel Roldán
Xóchitl Navarrete|Ottilie Zimmerer|Gwendolyn Pryce|Haruto Shimizu|Ibrahim Sesay|Noor Rahimi|Bronwen Llewellyn|Marek Dvořák""".replace("\n", "|").split("|")  # fmt: skip
_STREETS = """14 Wexford Crescent, Leeds LS6 2AB|Birkenallee 23, 50667 Köln|27 rue des Tilleuls, 44000 Nantes|Calle de los Olmos 8, 41004 Sevilla
742 Sycamore Avenue, Springfield, IL 62704|Am Mühlbach 5, 6020 Innsbruck|Via Garibaldi 31, 16124 Genova|Prinsengracht 417, 1016 HM Amsterdam
3 Harbour View Road, Cork T12 X8KP|ul. Ogrodowa 12/4, 61-821 Poznań|Storgatan 18, 852 30 Sundsvall|Rua das Flores 210, 4050-265 Porto
P.O. Box 5519, Wellington 6140|1185 Maple Street Apt 6, Toronto, ON M4B 1B3|Avenida Libertador 2270, Buenos Aires""".replace("\n", "|").split("|")  # fmt: skip
_NAMED = {
    "en": "My name is {}|I'm {}, by the way|This is {} again|Hello, {} here.|Regards, {}|The parcel was ordered by {}.|"
    "Please change the name to {}|my name is {} and it is late|Could you ask {} about it? She ordered it.|Account holder: {}",
    "de": "Mein Name ist {}|Ich heiße {}|hier ist {}|Mit freundlichen Grüßen\n{}|Die Bestellung läuft auf {}|Kontoinhaber: {}|ich bin {}",
    "es": "Me llamo {}|Soy {}|Mi nombre es {}|Un saludo, {}|El pedido está a nombre de {}|Titular: {}",
    "fr": "Je m'appelle {}|Je suis {}|Cordialement, {}|La commande est au nom de {}|Titulaire : {}|ici {}",
}
_AT = {
    "en": "I live at {}|Please deliver to {}|My address is {}|Ship it to {} instead.",
    "de": "Ich wohne in der {}|Lieferadresse: {}|Meine Adresse ist {}",
    "es": "Vivo en {}|Mi dirección es {}|Envíenlo a {}",
    "fr": "J'habite {}|Mon adresse est {}|Adresse de livraison : {}",
}
_OTHER = {
    "en": "Here: {}|it is {}|You can use {} for that.|{}|I gave {} already, didn't I?",
    "de": "Hier: {}|das ist {}|{}|Ich habe {} schon angegeben",
    "es": "Aquí: {}|es {}|{}|Ya di {} antes",
    "fr": "Voici : {}|c'est {}|{}|J'ai déjà donné {}",
}
_BORN = {"en": "I was born on {}", "de": "Ich bin am {} geboren", "es": "Nací el {}", "fr": "Je suis née le {}"}
QUESTION = {
    "en": "How long do I have to return something?",
    "de": "Wie lange kann ich etwas zurückgeben?",
    "es": "¿Cuánto tiempo tengo para devolver algo?",
    "fr": "Combien de temps ai-je pour renvoyer un article ?",
}
ORDERS = ("NP-######", "@@#{7,9}")


@dataclass(frozen=True)
class Planted:
    """One value, its kind, and the line that says it."""

    kind: str
    value: str
    line: str


def conversation(rng: random.Random) -> tuple[str, list[Planted]]:
    """A language, and lines with something planted in each."""
    language = rng.choice(list(QUESTION))
    kinds = rng.sample(list(_MAKE), k=rng.randint(3, 5))
    return language, [_plant(rng, language, kind) for kind in kinds]


def _plant(rng: random.Random, language: str, kind: str) -> Planted:
    value = _MAKE[kind](rng)
    forms = {"NAME": _NAMED, "ADDRESS": _AT, "BIRTH": _BORN}.get(kind, _OTHER)[language]
    form = rng.choice(forms.split("|"))
    said = value.lower() if kind == "NAME" and rng.random() < 0.15 and "my name" in form else value
    return Planted(kind, value, form.replace("{}", said))


def leaks(planted: Planted, sent: str) -> Iterator[str]:
    """What of a value stands in what was sent: all of it in any writing, or a part of a name."""
    if _plain(planted.value) in _plain(sent):
        yield planted.value
    elif planted.kind == "NAME":
        words = set(re.findall(r"[^\W\d_]+", sent.casefold()))
        yield from (part for part in re.findall(r"[^\W\d_]{4,}", planted.value.casefold()) if part in words)
    elif planted.kind == "ADDRESS":
        street = _plain(planted.value.split(",")[0])
        if street in _plain(sent):
            yield planted.value.split(",")[0]


async def scan(count: int, seed: int) -> tuple[Counter[str], list[tuple[Planted, str]]]:
    """So many conversations: how many values of each kind were planted, and what leaked."""
    rng, planted, leaked = random.Random(seed), Counter[str](), []
    with openai_server(Says("You have 45 days from delivery to return unused items [1].", size=40)) as server:
        site = a_site(model="openai:fake", model_url=server.url, timeout=5, order_numbers=ORDERS)
        for _ in range(count):
            language, lines = conversation(rng)
            half = len(lines) // 2
            before = [("visitor", one.line) for one in lines[:half]]
            question = " ".join([*(one.line for one in lines[half:]), QUESTION[language]])
            server.requests.clear()
            await a_turn(question, RETURNS, COSTS, site=site, before=before, language=language)
            assert server.requests, "the provider was asked"
            sent = json.dumps(server.requests, ensure_ascii=False).replace("\\n", " ").replace('\\"', '"')
            for one in lines:
                planted[one.kind] += 1
                leaked += [(one, what) for what in leaks(one, sent)]
    return planted, leaked


def _plain(text: str) -> str:
    return re.sub(r"[\s.()/-]", "", text).casefold()


def _email(rng: random.Random) -> str:
    first, last = rng.choice(_PEOPLE).lower().split()[:2]
    return rng.choice((f"{first}.{last}@post.example", f"{first[0]}{last}{rng.randint(1, 99)}@firma-nord.example"))


def _phone(rng: random.Random) -> str:
    form = rng.choice(("+49 ### #######", "0### / ### ## ##", "(5##) 555-####", "+44 7### ######", "07### ######", "+34 6## ## ## ##",
                       "06 ## ## ## ##", "+33 6 ## ## ## ##", "5##-555-####", "+91 9#### #####", "+1 (4##) 555-####", "00351 9## ### ###"))  # fmt: skip
    return _digits(rng, form)


def _digits(rng: random.Random, form: str) -> str:
    return "".join(str(rng.randint(1, 9)) if sign == "#" else sign for sign in form)


def _card(rng: random.Random) -> str:
    body = [4, *(rng.randint(0, 9) for _ in range(14))]
    total = sum(n if at % 2 else n * 2 - 9 * (n > 4) for at, n in enumerate(body))
    number = "".join(map(str, [*body, -total % 10]))
    sign = rng.choice(("", " ", "-"))
    return sign.join(number[at : at + 4] for at in range(0, 16, 4))


def _iban(rng: random.Random) -> str:
    country, size = rng.choice((("DE", 18), ("ES", 20), ("AT", 16), ("BE", 12), ("PT", 21)))
    body = "".join(str(rng.randint(0, 9)) for _ in range(size))
    check = 98 - int(body + "".join(str(int(sign, 36)) for sign in country) + "00") % 97
    whole = f"{country}{check:02}{body}"
    return whole if rng.random() < 0.5 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def _ip(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return "2001:db8:" + ":".join(f"{rng.randint(1, 65535):x}" for _ in range(6))
    return ".".join(str(rng.randint(11, 223)) for _ in range(4))


def _id(rng: random.Random) -> str:
    number = rng.randint(10**7, 10**8 - 1)
    dni = f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"
    return rng.choice(
        (_digits(rng, "4##-##-####"), _digits(rng, "AB ## ## ## C"), dni, _digits(rng, "85.07.30-###.##"))
    )


def _birth(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2005)
    return rng.choice((f"{day:02}.{month:02}.{year}", f"{day}/{month}/{year}", f"{year}-{month:02}-{day:02}"))


_MAKE = {
    "EMAIL": _email,
    "PHONE": _phone,
    "CARD": _card,
    "IBAN": _iban,
    "IP": _ip,
    "URL": lambda rng: f"https://shop.example/reset?token={rng.getrandbits(64):x}",
    "ID": _id,
    "BIRTH": _birth,
    "ORDER": lambda rng: _digits(rng, rng.choice(("NP-######", "XK########"))),
    "ADDRESS": lambda rng: rng.choice(_STREETS),
    "NAME": lambda rng: rng.choice(_PEOPLE),
}


def main(count: int = 2000, seed: int = 1) -> None:
    """Print what was planted and what leaked."""
    began = time.perf_counter()
    planted, leaked = asyncio.run(scan(count, seed))
    print(
        f"{count} conversations, {planted.total()} values planted: {dict(planted)}; {time.perf_counter() - began:.0f} s"
    )
    print(f"{len({id(one) for one, _ in leaked})} leaked", dict(Counter(one.kind for one, _ in leaked)))
    for one, what in leaked[:40]:
        print(f"  {one.kind}: {what!r} of {one.line!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
