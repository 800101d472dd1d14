"""The sentences that code says to customers, in the languages it speaks. A table, so that none can be missing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils import formats, translation

from . import arabic

LANGUAGES: Final = ("en", "de", "es", "fr")


class Sentence(StrEnum):
    """One thing that code says."""

    UNKNOWN = "unknown"
    OFFER = "offer"
    ESCALATED = "escalated"
    CANCELLED = "cancelled"
    HANDED_BACK = "handed_back"
    RESOLVED = "resolved"
    ENDED_SILENT = "ended_silent"
    FAILED = "failed"
    PAUSED = "paused"
    THINKING = "thinking"
    LOOKING = "looking"
    SOURCE_LANGUAGE = "source_language"
    APPROVED = "approved"
    GREETING_REPLY = "greeting_reply"
    THANKS_REPLY = "thanks_reply"
    NO_REPLY = "no_reply"
    SMALL_TALK = "small_talk"
    COMPLAINT = "complaint"
    ACCOUNT = "account"
    OUTSIDE = "outside"
    NOBODY_HERE = "nobody_here"
    CLOSED = "closed"
    CLOSED_UNTIL = "closed_until"
    WHEN = "when"
    PROMISE = "promise"
    ASK_EMAIL = "ask_email"
    ASK_EMAIL_TO_REACH = "ask_email_to_reach"
    EMAIL_TAKEN = "email_taken"
    EMAIL_KEPT = "email_kept"
    TO_TEAM = "to_team"
    TO_AGENT = "to_agent"
    ASSIGNED = "assigned"
    NOBODY_CAME = "nobody_came"
    TICKET_OPENED = "ticket_opened"
    MAIL_SUBJECT = "mail_subject"
    MAIL_LINK = "mail_link"
    MAIL_LOG_IN = "mail_log_in"
    ASK_TEXT = "ask_text"
    ASK_NUMBER = "ask_number"
    ASK_ORDER = "ask_order"
    ASK_ADDRESS = "ask_address"
    ASK_DATE = "ask_date"
    ASK_YES_NO = "ask_yes_no"
    NOT_RECOGNISED = "not_recognised"
    NUMBER_UNCLEAR = "number_unclear"
    READ_BACK = "read_back"
    CONFIRM = "confirm"
    CONFIRM_TEXT = "confirm_text"
    UNCLEAR = "unclear"
    NOT_DONE = "not_done"
    LEFT = "left"
    DONE_BEFORE = "done_before"
    NOTHING_FOUND = "nothing_found"
    NEEDS_CUSTOMER = "needs_customer"
    ASKING = "asking"
    AWAY = "away"
    ASKED_COLLEAGUE = "asked_colleague"
    ASKED_IN_VAIN = "asked_in_vain"
    COLLEAGUE_SAYS = "colleague_says"
    COLLEAGUE_SAYS_IN = "colleague_says_in"
    COLLEAGUE_SOURCE = "colleague_source"
    COLLEAGUE = "colleague"
    TRANSLATED = "translated"


_WORDS: Final[dict[Sentence, tuple[str, str, str, str]]] = {
    Sentence.SMALL_TALK: (
        "I am an assistant that answers questions from our articles. What would you like to know?",
        "Ich bin ein Assistent und beantworte Fragen aus unseren Artikeln. Was möchten Sie wissen?",
        "Soy un asistente que responde a preguntas con nuestros artículos. ¿Qué desea saber?",
        "Je suis un assistant qui répond aux questions à partir de nos articles. Que souhaitez-vous savoir\u00a0?",
    ),
    Sentence.COMPLAINT: (
        "I am sorry that this went wrong. A person can look into it better than I can.",
        "Es tut mir leid, dass das schiefging. Ein Mensch kann das besser klären als ich.",
        "Siento que esto haya salido mal. Una persona puede revisarlo mejor que yo.",
        "Je suis désolé que cela se soit mal passé. Une personne peut s'en occuper mieux que moi.",
    ),
    Sentence.ACCOUNT: (
        "I cannot see your account or your orders, and our articles do not answer this. A person can look it up.",
        "Ich kann Ihr Konto und Ihre Bestellungen nicht sehen, und unsere Artikel beantworten das nicht. "
        "Ein Mensch kann nachsehen.",
        "No puedo ver su cuenta ni sus pedidos, y nuestros artículos no lo responden. Una persona puede consultarlo.",
        "Je ne peux pas voir votre compte ni vos commandes, et nos articles n'y répondent pas. "
        "Une personne peut vérifier.",
    ),
    Sentence.OUTSIDE: (
        "I don't know. I can only help with questions about what we offer.",
        "Das weiß ich nicht. Ich kann nur bei Fragen zu unserem Angebot helfen.",
        "No lo sé. Solo puedo ayudar con preguntas sobre nuestra oferta.",
        "Je ne sais pas. Je peux seulement aider pour des questions sur nos services.",
    ),
    Sentence.ASK_TEXT: (
        "Please tell me in a few words.",
        "Bitte sagen Sie es mir in wenigen Worten.",
        "Dígamelo en pocas palabras, por favor.",
        "Dites-le-moi en quelques mots, s'il vous plaît.",
    ),
    Sentence.ASK_NUMBER: (
        "Which number is it?",
        "Welche Zahl ist es?",
        "¿Qué número es?",
        "Quel est le nombre\u00a0?",
    ),
    Sentence.ASK_ORDER: (
        "What is your order number?",
        "Wie lautet Ihre Bestellnummer?",
        "¿Cuál es su número de pedido?",
        "Quel est votre numéro de commande\u00a0?",
    ),
    Sentence.ASK_ADDRESS: (
        "Which e-mail address did you use?",
        "Welche E-Mail-Adresse haben Sie verwendet?",
        "¿Qué dirección de correo utilizó?",
        "Quelle adresse e-mail avez-vous utilisée\u00a0?",
    ),
    Sentence.ASK_DATE: (
        "On which day was it? Please write it as 2026-11-30.",
        "An welchem Tag war das? Bitte schreiben Sie ihn als 30.11.2026.",
        "¿Qué día fue? Escríbalo como 30/11/2026.",
        "Quel jour était-ce\u00a0? Écrivez-le comme 30/11/2026.",
    ),
    Sentence.ASK_YES_NO: ("Yes or no?", "Ja oder nein?", "¿Sí o no?", "Oui ou non\u00a0?"),
    Sentence.NOT_RECOGNISED: (
        "I could not read that from your message.",
        "Das konnte ich Ihrer Nachricht nicht entnehmen.",
        "No he podido leerlo en su mensaje.",
        "Je n'ai pas pu le lire dans votre message.",
    ),
    Sentence.NUMBER_UNCLEAR: (
        "I can read more than one number in that. Please write just the one, such as 1500 or 1500.50.",
        "Darin kann ich mehr als eine Zahl lesen. Bitte schreiben Sie nur die eine, etwa 1500 oder 1500,50.",
        "Ahí puedo leer más de un número. Escriba solo uno, por ejemplo 1500 o 1500,50.",
        "Je peux y lire plus d'un nombre. Écrivez seulement le bon, par exemple 1500 ou 1500,50.",
    ),
    Sentence.READ_BACK: (
        "I have written down: “{text}”.",
        "Ich habe notiert: „{text}“.",
        "He anotado: «{text}».",
        "J'ai noté\u00a0: «\u00a0{text}\u00a0».",
    ),
    Sentence.CONFIRM_TEXT: (
        "Shall I send this? It goes out only if you answer yes.",
        "Soll ich das senden? Es geht nur hinaus, wenn Sie mit Ja antworten.",
        "¿Lo envío? Solo saldrá si responde que sí.",
        "Dois-je l'envoyer\u00a0? Cela ne part que si vous répondez oui.",
    ),
    Sentence.UNCLEAR: (
        "I cannot tell whether this was done: no clear answer came back. I do not try it again; a person will check.",
        "Ich kann nicht sagen, ob das geschehen ist: Es kam keine klare Antwort. Ich versuche es nicht noch einmal; "
        "ein Mensch sieht nach.",
        "No puedo decir si se ha hecho: no llegó una respuesta clara. No lo intento de nuevo; una persona lo "
        "comprobará.",
        "Je ne peux pas dire si cela a été fait\u00a0: aucune réponse claire n'est arrivée. Je ne réessaie pas\u00a0; "
        "une personne va vérifier.",
    ),
    Sentence.CONFIRM: (
        "Shall I do this? It happens only if you answer yes.",
        "Soll ich das tun? Es geschieht nur, wenn Sie mit Ja antworten.",
        "¿Lo hago? Solo ocurrirá si responde que sí.",
        "Dois-je le faire\u00a0? Cela n'aura lieu que si vous répondez oui.",
    ),
    Sentence.NOT_DONE: (
        "All right, I have not done it. Nothing has changed.",
        "In Ordnung, ich habe es nicht getan. Es hat sich nichts geändert.",
        "De acuerdo, no lo he hecho. No ha cambiado nada.",
        "D'accord, je ne l'ai pas fait. Rien n'a changé.",
    ),
    Sentence.LEFT: (
        "All right, we leave it at that. What else would you like to know?",
        "In Ordnung, wir lassen es dabei. Was möchten Sie sonst wissen?",
        "De acuerdo, lo dejamos así. ¿Qué más desea saber?",
        "D'accord, nous en restons là. Que souhaitez-vous savoir d'autre\u00a0?",
    ),
    Sentence.DONE_BEFORE: (
        "It is done.",
        "Es ist erledigt.",
        "Está hecho.",
        "C'est fait.",
    ),
    Sentence.NOTHING_FOUND: (
        "I looked, and found nothing under what you gave me.",
        "Ich habe nachgesehen und zu Ihren Angaben nichts gefunden.",
        "He buscado y no he encontrado nada con esos datos.",
        "J'ai cherché et je n'ai rien trouvé avec ces indications.",
    ),
    Sentence.NEEDS_CUSTOMER: (
        "For this I have to know who you are, and I cannot see that here. A person can check it with you.",
        "Dafür muss ich wissen, wer Sie sind, und das sehe ich hier nicht. Ein Mensch kann das mit Ihnen klären.",
        "Para esto tengo que saber quién es usted, y aquí no puedo verlo. Una persona puede comprobarlo con usted.",
        "Pour cela, je dois savoir qui vous êtes, et je ne le vois pas ici. Une personne peut le vérifier avec vous.",
    ),
    Sentence.ASKING: ("Looking it up…", "Sieht nach …", "Consultando…", "Vérification…"),
    Sentence.AWAY: (
        "The assistant does not answer here just now. A person will answer, you need not repeat anything.",
        "Der Assistent antwortet hier gerade nicht. Ein Mensch wird antworten, Sie müssen nichts wiederholen.",
        "El asistente no responde aquí en este momento. Le responderá una persona, no tiene que repetir nada.",
        "L'assistant ne répond pas ici pour le moment. Une personne vous répondra, vous n'avez rien à répéter.",
    ),
    Sentence.ASKED_COLLEAGUE: (
        "I have asked a colleague and will write here as soon as I know. You can get a person at any time.",
        "Ich habe eine Kollegin oder einen Kollegen gefragt und schreibe hier, sobald ich es weiß. Einen Menschen "
        "können Sie jederzeit bekommen.",
        "He preguntado en nuestro equipo y escribiré aquí en cuanto lo sepa. Puede pedir una persona en cualquier "
        "momento.",
        "J'ai demandé à un collègue et j'écrirai ici dès que je le saurai. Vous pouvez demander une personne à tout "
        "moment.",
    ),
    Sentence.ASKED_IN_VAIN: (
        "I could not find it out. Shall I get a person for you?",
        "Ich konnte es nicht herausfinden. Soll ich einen Menschen für Sie holen?",
        "No he podido averiguarlo. ¿Quiere que avise a una persona?",
        "Je n'ai pas pu le savoir. Voulez-vous que j'appelle une personne\u00a0?",
    ),
    Sentence.COLLEAGUE_SAYS: (
        "I have a reply from a colleague:",
        "Ich habe eine Antwort aus unserem Team:",
        "Tengo una respuesta de nuestro equipo:",
        "J'ai une réponse d'un collègue\u00a0:",
    ),
    Sentence.COLLEAGUE_SAYS_IN: (
        "I have a reply from a colleague. It is in {language}, so I quote it:",
        "Ich habe eine Antwort aus unserem Team. Sie ist auf {language}, ich zitiere sie:",
        "Tengo una respuesta de nuestro equipo. Está en {language}, así que la cito:",
        "J'ai une réponse d'un collègue. Elle est en {language}, je la cite\u00a0:",
    ),
    Sentence.COLLEAGUE_SOURCE: (
        "Reply from the team of {site}",
        "Antwort aus dem Team von {site}",
        "Respuesta del equipo de {site}",
        "Réponse de l'équipe de {site}",
    ),
    Sentence.TRANSLATED: (
        "Translated · original",
        "Übersetzt · Original",
        "Traducido · original",
        "Traduit · original",
    ),
    Sentence.COLLEAGUE: ("a colleague", "unser Team", "nuestro equipo", "un collègue"),
    Sentence.UNKNOWN: (
        "I don't know. I found nothing about this in our articles.",
        "Das weiß ich nicht. In unseren Artikeln habe ich dazu nichts gefunden.",
        "No lo sé. No he encontrado nada sobre esto en nuestros artículos.",
        "Je ne sais pas. Je n'ai rien trouvé à ce sujet dans nos articles.",
    ),
    Sentence.OFFER: (
        "Shall I get a person for you?",
        "Soll ich einen Menschen für Sie holen?",
        "¿Quiere que avise a una persona?",
        "Voulez-vous que j'appelle une personne\u00a0?",
    ),
    Sentence.ESCALATED: (
        "A person will take over here. They can see the whole conversation, so you need not repeat anything.",
        "Hier übernimmt ein Mensch. Er sieht das ganze Gespräch, Sie müssen nichts wiederholen.",
        "Una persona continuará aquí. Ve toda la conversación, así que no tiene que repetir nada.",
        "Une personne va prendre le relais ici. Elle voit toute la conversation, vous n'avez rien à répéter.",
    ),
    Sentence.CANCELLED: (
        "All right, no person is called. The assistant answers again.",
        "In Ordnung, es wird niemand gerufen. Der Assistent antwortet wieder.",
        "De acuerdo, no se avisa a nadie. El asistente vuelve a responder.",
        "D'accord, personne n'est appelé. L'assistant répond de nouveau.",
    ),
    Sentence.HANDED_BACK: (
        "The assistant answers again. You can ask for a person at any time.",
        "Der Assistent antwortet wieder. Sie können jederzeit nach einem Menschen fragen.",
        "El asistente vuelve a responder. Puede pedir una persona en cualquier momento.",
        "L'assistant répond de nouveau. Vous pouvez demander une personne à tout moment.",
    ),
    Sentence.RESOLVED: (
        "This conversation is resolved. Write again whenever you need us.",
        "Dieses Gespräch ist abgeschlossen. Schreiben Sie wieder, wann immer Sie uns brauchen.",
        "Esta conversación está resuelta. Escriba de nuevo cuando nos necesite.",
        "Cette conversation est résolue. Écrivez de nouveau quand vous avez besoin de nous.",
    ),
    Sentence.ENDED_SILENT: (
        "We end this conversation, as there was no further question. Write again whenever you need us.",
        "Wir schließen dieses Gespräch, da keine weitere Frage kam. Schreiben Sie wieder, wann immer Sie uns brauchen.",
        "Cerramos esta conversación porque no hubo más preguntas. Escriba de nuevo cuando nos necesite.",
        "Nous fermons cette conversation, faute d'autre question. Écrivez de nouveau quand vous avez besoin de nous.",
    ),
    Sentence.FAILED: (
        "I could not answer this. Your message is kept, and a person will take over here.",
        "Ich konnte das nicht beantworten. Ihre Nachricht ist gespeichert, und hier übernimmt ein Mensch.",
        "No he podido responder. Su mensaje está guardado y una persona continuará aquí.",
        "Je n'ai pas pu répondre. Votre message est conservé, et une personne va prendre le relais ici.",
    ),
    Sentence.PAUSED: (
        "The assistant is switched off just now. A person will answer here, you need not repeat anything.",
        "Der Assistent ist gerade abgeschaltet. Hier antwortet ein Mensch, Sie müssen nichts wiederholen.",
        "El asistente está desactivado en este momento. Aquí le responderá una persona, no tiene que repetir nada.",
        "L'assistant est désactivé pour le moment. Une personne va vous répondre ici, vous n'avez rien à répéter.",
    ),
    Sentence.THINKING: (
        "Reading your question…",
        "Liest Ihre Frage …",
        "Leyendo su pregunta…",
        "Lecture de votre question…",
    ),
    Sentence.LOOKING: ("Looking in {place}…", "Sucht in {place} …", "Buscando en {place}…", "Recherche dans {place}…"),
    Sentence.SOURCE_LANGUAGE: (
        "My source for this is in {language}, so I quote it:",
        "Meine Quelle dafür ist auf {language}, ich zitiere sie:",
        "Mi fuente está en {language}, así que la cito:",
        "Ma source est en {language}, je la cite\u00a0:",
    ),
    Sentence.APPROVED: (
        "Answer approved by {site}",
        "Von {site} freigegebene Antwort",
        "Respuesta aprobada por {site}",
        "Réponse approuvée par {site}",
    ),
    Sentence.NOBODY_HERE: (
        "Nobody is here just now. You keep your place, and whoever comes next sees all that you wrote.",
        "Gerade ist niemand da. Sie behalten Ihren Platz, und wer als Nächstes kommt, sieht alles, was Sie schrieben.",
        "Ahora mismo no hay nadie. Conserva su lugar, y quien llegue verá todo lo que ha escrito.",
        "Il n'y a personne pour le moment. Vous gardez votre place, et la prochaine personne verra tout ce que vous "
        "avez écrit.",
    ),
    Sentence.CLOSED: (
        "We are closed just now. You keep your place.",
        "Wir haben gerade geschlossen. Sie behalten Ihren Platz.",
        "Ahora está cerrado. Conserva su lugar.",
        "Nous sommes fermés pour le moment. Vous gardez votre place.",
    ),
    Sentence.CLOSED_UNTIL: (
        "We are closed just now and open again on {when}. You keep your place.",
        "Wir haben gerade geschlossen und öffnen wieder am {when}. Sie behalten Ihren Platz.",
        "Ahora está cerrado; abrimos de nuevo el {when}. Conserva su lugar.",
        "Nous sommes fermés pour le moment et rouvrons {when}. Vous gardez votre place.",
    ),
    Sentence.WHEN: (
        "{day} at {time} ({zone} time)",
        "{day} um {time} Uhr (Zeit in {zone})",
        "{day} a las {time} (hora de {zone})",
        "{day} à {time} (heure de {zone})",
    ),
    Sentence.PROMISE: (
        "You have an answer by {when}.",
        "Sie haben eine Antwort bis {when}.",
        "Tendrá una respuesta a más tardar el {when}.",
        "Vous aurez une réponse au plus tard {when}.",
    ),
    Sentence.ASK_EMAIL: (
        "If you would rather not wait here, write your e-mail address: the answer goes there too.",
        "Wenn Sie nicht hier warten möchten, schreiben Sie Ihre E-Mail-Adresse: Die Antwort geht auch dorthin.",
        "Si prefiere no esperar aquí, escriba su correo electrónico: la respuesta irá también allí.",
        "Si vous préférez ne pas attendre ici, écrivez votre adresse e-mail\u00a0: la réponse y sera aussi envoyée.",
    ),
    Sentence.ASK_EMAIL_TO_REACH: (
        "If you like, write your e-mail address here, so that we can reach you.",
        "Wenn Sie möchten, schreiben Sie hier Ihre E-Mail-Adresse, damit wir Sie erreichen können.",
        "Si quiere, escriba aquí su correo electrónico para que podamos contactarle.",
        "Si vous le souhaitez, écrivez ici votre adresse e-mail pour que nous puissions vous joindre.",
    ),
    Sentence.EMAIL_TAKEN: (
        "Thank you. The answer goes to {email} too.",
        "Danke. Die Antwort geht auch an {email}.",
        "Gracias. La respuesta irá también a {email}.",
        "Merci. La réponse sera aussi envoyée à {email}.",
    ),
    Sentence.EMAIL_KEPT: (
        "Thank you. We can reach you at {email}.",
        "Danke. Wir können Sie unter {email} erreichen.",
        "Gracias. Podemos contactarle en {email}.",
        "Merci. Nous pouvons vous joindre à {email}.",
    ),
    Sentence.TO_TEAM: (
        "Your conversation goes to our team “{name}”, who can see all that was written.",
        "Ihr Gespräch geht an unser Team „{name}“. Es sieht alles, was geschrieben wurde.",
        "Su conversación pasa a nuestro equipo «{name}», que ve todo lo escrito.",
        "Votre conversation passe à notre équipe «\u00a0{name}\u00a0», qui voit tout ce qui a été écrit.",
    ),
    Sentence.TO_AGENT: (
        "{name} goes on here and can see all that was written.",
        "Hier geht es mit {name} weiter. Alles Geschriebene ist zu sehen, Sie müssen nichts wiederholen.",
        "{name} continúa aquí y ve todo lo escrito.",
        "{name} prend la suite ici et voit tout ce qui a été écrit.",
    ),
    Sentence.ASSIGNED: (
        "{name} will answer you here.",
        "{name} antwortet Ihnen hier.",
        "{name} le responderá aquí.",
        "{name} va vous répondre ici.",
    ),
    Sentence.NOBODY_CAME: (
        "I am sorry, no person could come so far. I answer again; you can ask for a person at any time.",
        "Es tut mir leid, bisher konnte niemand kommen. Ich antworte wieder; Sie können jederzeit nach einem "
        "Menschen fragen.",
        "Lo siento, hasta ahora no ha podido venir nadie. Vuelvo a responder yo; puede pedir una persona en "
        "cualquier momento.",
        "Je suis désolé, personne n'a pu venir jusqu'ici. Je réponds de nouveau\u00a0; vous pouvez demander une "
        "personne à tout moment.",
    ),
    Sentence.TICKET_OPENED: (
        "I am sorry, no person could come so far. Your request is ticket {number} now, and our team answers it by "
        "e-mail to {email}. You can go on writing here.",
        "Es tut mir leid, bisher konnte niemand kommen. Ihre Anfrage ist jetzt das Ticket {number}, und unser Team "
        "beantwortet es per E-Mail an {email}. Sie können hier weiter schreiben.",
        "Lo siento, hasta ahora no ha podido venir nadie. Su solicitud es ahora el ticket {number}, y nuestro equipo "
        "responderá por correo electrónico a {email}. Puede seguir escribiendo aquí.",
        "Je suis désolé, personne n'a pu venir jusqu'ici. Votre demande est maintenant le ticket {number}, et notre "
        "équipe y répondra par e-mail à {email}. Vous pouvez continuer à écrire ici.",
    ),
    Sentence.MAIL_SUBJECT: (
        "{name} of {site} has answered you",
        "{name} von {site} hat Ihnen geantwortet",
        "{name} de {site} le ha respondido",
        "{name} de {site} vous a répondu",
    ),
    Sentence.MAIL_LOG_IN: (
        "To answer, log in at {site} and open the chat there.",
        "Um zu antworten, melden Sie sich bei {site} an und öffnen Sie dort den Chat.",
        "Para responder, inicie sesión en {site} y abra allí el chat.",
        "Pour répondre, connectez-vous à {site} et ouvrez-y la discussion.",
    ),
    Sentence.MAIL_LINK: (
        "Go on here; the link is for you alone and works for seven days:",
        "Hier geht es weiter; der Link ist nur für Sie und gilt sieben Tage:",
        "Continúe aquí; el enlace es solo para usted y funciona durante siete días:",
        "Continuez ici\u00a0; ce lien est pour vous seul et fonctionne pendant sept jours\u00a0:",
    ),
    Sentence.GREETING_REPLY: (
        "Hello. What can I help you with?",
        "Guten Tag. Wobei kann ich Ihnen helfen?",
        "Hola. ¿En qué puedo ayudarle?",
        "Bonjour. Comment puis-je vous aider\u00a0?",
    ),
    Sentence.NO_REPLY: (
        "All right. Ask me whenever you need something else.",
        "In Ordnung. Fragen Sie, wenn Sie noch etwas brauchen.",
        "De acuerdo. Pregúnteme cuando necesite algo más.",
        "Très bien. Demandez-moi si vous avez besoin d'autre chose.",
    ),
    Sentence.THANKS_REPLY: (
        "You're welcome. Ask me whenever you need something else.",
        "Gern geschehen. Fragen Sie, wenn Sie noch etwas brauchen.",
        "De nada. Pregúnteme cuando necesite algo más.",
        "Je vous en prie. Demandez-moi si vous avez besoin d'autre chose.",
    ),
}

_DAYS: Final = ("l j F", "l, j. F", r"l j \d\e F", "l j F")

_LANGUAGE_NAMES: Final = {
    "en": ("English", "Englisch", "inglés", "anglais"),
    "de": ("German", "Deutsch", "alemán", "allemand"),
    "es": ("Spanish", "Spanisch", "español", "espagnol"),
    "fr": ("French", "Französisch", "francés", "français"),
    "it": ("Italian", "Italienisch", "italiano", "italien"),
}

# Languages that code speaks to customers only, each a module; what is not there is said in English.
_FURTHER: Final[Mapping[str, Mapping[str, str]]] = {"ar": arabic.SENTENCES}
_FURTHER_NAMES: Final[Mapping[str, Mapping[str, str]]] = {"ar": arabic.LANGUAGE_NAMES}


def say(sentence: Sentence, language: str, /, **values: str) -> str:
    """`sentence` in `language`, in English where code does not speak it."""
    further = _FURTHER.get(_base(language), {}).get(sentence)
    return (further or _WORDS[sentence][_place(language)]).format(**values)


def in_all(sentence: Sentence) -> tuple[str, ...]:
    """`sentence` in every language that code speaks to customers."""
    return *_WORDS[sentence], *(words[sentence] for words in _FURTHER.values() if sentence in words)


def say_when(moment: datetime, language: str) -> str:
    """A moment as a customer reads it, with its zone: whose clock it is stands beside it."""
    place, base = _place(language), _base(language)
    with translation.override(base if base in _FURTHER else LANGUAGES[place]):
        day = formats.date_format(moment, _DAYS[place])
    zone = (getattr(moment.tzinfo, "key", "") or "UTC").rpartition("/")[2].replace("_", " ")
    return say(Sentence.WHEN, language, day=day, time=f"{moment:%H:%M}", zone=zone)


def language_name(code: str, language: str) -> str:
    """What the language `code` is called in `language`; the code itself where it is not in the table."""
    if further := _FURTHER_NAMES.get(_base(language)):
        return further.get(code, code)
    names = _LANGUAGE_NAMES.get(code)
    return names[_place(language)] if names else code


def _base(language: str) -> str:
    return language.split("-")[0].lower()


def _place(language: str) -> int:
    base = _base(language)
    return LANGUAGES.index(base) if base in LANGUAGES else 0
