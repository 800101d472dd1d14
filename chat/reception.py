"""What a waiting customer is told beside “a person will take over”, and the e-mail address that they may leave.

Whoever waits is invited once, never made: the invitation is part of what they are told. An address in what they write
while they wait, or as they call a person, is taken where it is clearly their own; others' addresses are left alone.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from supportsite.sites import staffing
from supportsite.sites.models import Site

from . import asking
from .models import Visitor
from .sentences import Sentence, say, say_when

_NO_PART: Final = r"\s<>,;:\"'()\[\]"  # what neither side of an address holds, as it is written in a sentence
_ADDRESS: Final = re.compile(rf"(?<![^{_NO_PART}])[^@{_NO_PART}]{{1,64}}@[^@{_NO_PART}]{{3,190}}(?![^{_NO_PART}])")

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_CLAUSE: Final = re.compile(r"[.,;:!?()\n]")
_LITTLE: Final = 3  # words beside an address that is all that a message says
_LONGEST: Final = 254  # as the column of an address
_MAIL: Final = (
    r"(?:e-?mails?(?:-?adresse?n?)?|mail(?:adresse|address)?|address|adresse?|adres|correo|direcci[óo]n|courriel"
    r"|indirizzo|endere[çc]o|inbox)"
)
# “My address is …”, “you can reach me at …”, with no more than two words from there to the address.
_CLAIMS: Final = (
    rf"\b(?:my|our|meine?|unsere?|mi|nuestro|mon|notre|la\s+mia|il\s+mio|o?\s*meu|mijn)\s+(?:\w+\s+){{0,2}}{_MAIL}",
    r"\b(?:reach|contact|write(?:\s+to)?|answer|reply\s+to|e-?mail|mail)\s+(?:me|us)",
    r"\b(?:erreich\w+|kontaktier\w+)\b[^.!?\n]{0,12}\b(?:mich|uns)",
    r"\b(?:schreib\w*|antwort\w*|mail\w*)\s+(?:sie\s+)?(?:mir|uns)",
    r"\b(?:escr[íi]b\w*me|cont[áa]ct\w*me|resp[óo]nd\w*me)",
    r"\b(?:[ée]cri\w*|contacte\w*|r[ée]pond\w*|joindre)[- ]?(?:moi|nous)|\bme\s+joindre",
)
_OWN: Final = re.compile(rf"(?:{'|'.join(_CLAIMS)})\b(?:\s*:)?(?:\s+[^\W\d_]+){{0,2}}\s*[:<(\"']*\s*\Z", re.IGNORECASE)
# What makes an address one not to write to, or one that somebody else put there: in the same clause before it, or right
# behind it.
_REFUSED: Final = re.compile(
    r"\b(?:not|never|without|old|former|previous|wrong|chang\w+|replaced|belongs?|wife|husband|boss|nicht|nie|alte?n?"
    r"|frühere?n?|falsch\w*|geändert|gehört|chef|nunca|viej[ao]|antigu[ao]|anterior|cambi\w+|pas|jamais|ancien\w*|vieux"
    r"|vieille|mauvaise?|vecchi\w*|precedente|sbagliat\w+|não|antig[ao]|velh[ao]|mud\w+|errad[ao]|niet|nooit|oude?"
    r"|verkeerde?|star[yae]\w*|не|старый|старая|لا|ليس|不|没)\b|n['’]t\b|(?:\b(?:from|von|van|od|от)|من)\s*\Z",
    re.IGNORECASE,
)
# And where this is told anywhere: of a stranger at the account, every address may be the stranger's.
_STRANGER: Final = re.compile(r"\b(?:hack|phish|gehackt|pirat|взлом)|اختراق|盗号", re.IGNORECASE)
_CLAUSE_ENDS: Final = re.compile(
    r"[.!?؟。！？]+(?:\s|\Z)|[,;،、，\n]"
    r"|\b(?:and|but|so|because|if|as|since|und|aber|weil|denn|da|y|pero|porque|si|et|mais|car|parce|e|ma|perché|se|mas|en|maar)\b",
    re.IGNORECASE,
)
_BEHIND: Final = 2  # words


def words(site: Site, visitor: Visitor, language: str, now: datetime) -> str:
    """When nobody is there: that it is so, from when somebody is, and until when an answer comes. Then the invitation.

    The visitor is marked as invited.
    """
    is_open, is_staffed = site.hours.is_open(now), staffing.somebody_online(site.pk, now)
    opens = now if is_open else site.hours.next_opening(now)
    told = [] if is_open and is_staffed else [_absence(is_open, opens, language)]
    by = site.hours.after(now, timedelta(hours=site.promise_hours)) if site.promise_hours else None
    if told and by:
        told.append(say(Sentence.PROMISE, language, when=say_when(by.astimezone(site.hours.zone), language)))
    if not visitor.email and visitor.email_asked_at is None and (invitation := _invitation(site, absent=bool(told))):
        told.append(say(invitation, language))
        visitor.email_asked_at = now
        visitor.save(update_fields=["email_asked_at"])
    return " ".join(told)


def take_address(visitor: Visitor, text: str, *, calling: bool = False) -> bool:
    """Keep the e-mail address that an invited visitor left as their own; whether there was a new one.

    `calling`: this is the message that calls a person, so nobody needs to be invited first. A message that is nothing
    but an address corrects an earlier one.
    """
    invited = visitor.email_asked_at is not None
    address = own_address_in(text, little=invited) if invited or calling else ""
    if address in ("", visitor.email) or (visitor.email and address != text.strip()):
        return False
    visitor.email = address
    visitor.save(update_fields=["email"])
    return True


def thanks(visitor: Visitor, language: str) -> str:
    """What is said when an address was left; nothing is promised that does not go out."""
    sentence = Sentence.EMAIL_TAKEN if staffing.mail_is_well() else Sentence.EMAIL_KEPT
    return say(sentence, language, email=visitor.email)


def address_in(text: str) -> str:
    """The first e-mail address in a text, "" where there is none."""
    return next(_addresses(text), "")


def can_be_sent_to(address: str) -> bool:
    """Whether an e-mail can bear this address: only ASCII before the @, and behind it a domain that DNS can name."""
    local, _, domain = address.rpartition("@")
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return local.isascii()


def own_address_in(text: str, *, little: bool = True) -> str:
    """The one address in a text that is clearly the writer's, else "".

    It is where they say so; where beside a wish for a person it stands alone; or where (`little`) at most three words
    are beside it. It is not where the words around it refuse it, or where a stranger is spoken of: "somebody changed
    my e-mail to …" is no leave to write there.
    """
    found = set(_addresses(text))
    if len(found) != 1:
        return ""
    address = found.pop()
    before, _, after = text.partition(address)
    behind = " ".join(_CLAUSE_ENDS.split(after)[0].split()[:_BEHIND])
    around = _CLAUSE_ENDS.split(before)[-1], behind
    if _STRANGER.search(f"{before} {after}") or any(map(_REFUSED.search, around)):
        return ""
    beside = _words(before) + _words(after)
    clause = _words(_CLAUSE.split(before)[-1]) + _words(_CLAUSE.split(after)[0])
    stands_alone = clause <= 1 and bool(asking.words_for_a_person(f"{before} {after}"))
    return address if (little and beside <= _LITTLE) or stands_alone or _OWN.search(before) else ""


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.findall(text):
        address = found.strip(".!?…*_`")
        try:
            EmailValidator(allowlist=[])(address)
        except ValidationError:
            continue
        if len(address) <= _LONGEST and can_be_sent_to(address):
            yield address


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _absence(is_open: bool, opens: datetime | None, language: str) -> str:
    if is_open:
        return say(Sentence.NOBODY_HERE, language)
    if opens is None:
        return say(Sentence.CLOSED, language)
    return say(Sentence.CLOSED_UNTIL, language, when=say_when(opens, language))


def _invitation(site: Site, *, absent: bool) -> Sentence | None:
    """A ticket needs an address too."""
    if staffing.mail_is_well():
        return Sentence.ASK_EMAIL
    return Sentence.ASK_EMAIL_TO_REACH if absent or site.unclaimed_rule == "ticket" else None
