"""Words that stand for each other in a help centre, and words that add nothing to a claim; written by us, by language.

Only what may be exchanged in any sentence of a shop or a hotel; what merely goes together (tent and pole) may not.
"""

from functools import cache
from typing import Final

from chat.assistant import words

# Each line: words of one meaning. A word may stand in several.
_ALIKE: Final = {
    "en": """
        return returned send give bring back
        cost costs price priced charge charged fee pay costing rate
        ship shipping shipped send sent deliver delivered delivery dispatch dispatched post posted
        parcel package packet shipment
        buy bought purchase purchased
        customer customers client guest guests visitor visitors
        choose select pick click tap press
        repair repaired fix fixed mend mended
        refund refunded reimburse reimbursed money
        allow allowed permit permitted accept accepted welcome
        free complimentary gratis
        begin begins start starts
        end ends finish finishes
        phone telephone call ring
        email e-mail mail
        location place property site premises venue
        approximately about around roughly
        provide provides provided offer offers offered supply serve serves served
        need needs require requires required necessary
        arrive arrives arrival reach reaches
        near nearby
        room rooms accommodation
        cheap inexpensive affordable
        reserve reservation reservations book booking bookings
        car vehicle
        wash washed washing clean cleaned cleaning
        remove removed removing
        contact write
    """,
    "de": """
        zurückgeben zurücksenden zurückschicken retournieren rückgabe rücksendung retoure
        kosten kostet preis gebühr betragen beträgt
        versand versenden verschicken schicken senden liefern lieferung geliefert versendet
        paket sendung
        kaufen kauf gekauft
        wählen auswählen klicken tippen
        reparieren reparatur repariert
        erstatten erstattung erstattet geld
        erlaubt gestattet zulässig
        kostenlos gratis kostenfrei
        telefon anrufen
        bestellung auftrag
        mail e-mail
        waschen reinigen
    """,
    "es": """
        devolver devolución devoluciones
        costar cuesta coste costo precio tarifa
        enviar envío entregar entrega mandar
        paquete envío
        comprar compra
        elegir elija seleccionar seleccione pulsar pulse
        reparar reparación
        reembolso reembolsar dinero
        gratis gratuito gratuita
        correo e-mail
        lavar limpiar
    """,
    "fr": """
        retourner renvoyer retour rendre
        coûter coûte coût prix tarif frais
        envoyer envoi expédier expédition livrer livraison
        colis paquet
        acheter achat
        choisir choisissez sélectionner sélectionnez cliquez
        réparer réparation
        rembourser remboursement argent
        gratuit gratuite gratuitement
        e-mail mail courriel
        laver nettoyer
    """,
}
# Verbs and the like that carry no claim beside what they stand with: "you have 45 days", "it is possible to pay".
_LIGHT: Final = {
    "en": "have has had having get gets getting use uses using make makes go goes going come take takes taking want "
    "wants like would possible able ability question answer question's help yes sure currently actually simply "
    "thing things way ways one ones following however therefore well back up per also please let set "
    "within between upon during along via mean means meaning such after only always all every any both everything "
    "anyone everyone",
    "de": "haben hat gibt geben bekommen nutzen verwenden machen gehen kommen möglich möglichkeit derzeit einfach also "
    "jedoch innerhalb je pro bedeutet "
    "nur immer alle alles jede jeder jedes beide nach",
    "es": "tener tiene hay usar hacer ir posible actualmente simplemente dentro significa "
    "solo sólo solamente siempre todo toda todos todas ambos tras",
    "fr": "avoir avez y utiliser faire aller possible actuellement simplement signifie "
    "seulement uniquement toujours tout toute tous toutes chaque après",
}
LIGHT: Final = {language: frozenset(listed.split()) for language, listed in _LIGHT.items()}


def alike(one: str, other: str, language: str) -> bool:
    """Whether two words in lower case stand in one line of ours."""
    base = language.partition("-")[0].lower()
    return (
        not _lines(base)
        .get(words.stem(one, base), frozenset())
        .isdisjoint(_lines(base).get(words.stem(other, base), frozenset()))
    )


def lines_of(stem: str, language: str) -> frozenset[int]:
    """The lines in which a stem stands."""
    return _lines(language.partition("-")[0].lower()).get(stem, frozenset())


@cache
def _lines(language: str) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_ALIKE.get(language, "").strip().split("\n")):
        for word in line.split():
            stem = words.stem(word, language)
            found[stem] = found.get(stem, frozenset()) | {number}
    return found
