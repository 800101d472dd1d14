"""The words by which a sentence is cut into its clauses, by language; written by us."""

import re
from typing import Final

# What stands between two clauses, or two things of a list.
AND: Final = {
    "en": "and|or|but|yet|while|whereas|although|though",
    "de": "und|oder|aber|sondern|während|jedoch",
    "es": "y|e|o|u|pero|sino|mientras(?: que)?",
    "fr": "et|ou|mais|tandis que|alors que",
    "it": "e|ed|o|ma|mentre",
    "pt": "e|ou|mas|enquanto",
    "nl": "en|of|maar|terwijl",
    "sv": "och|eller|men|medan",
    "da": "og|eller|men|mens",
    "nb": "og|eller|men|mens",
    "ru": "и|или|а|но",
    "uk": "і|й|та|або|а|але",
    "pl": "i|lub|a|ale|oraz",
    "cs": "a|nebo|ale",
    "ro": "și|sau|iar|dar",
    "tr": "ve|veya|ama|fakat",
    "ar": "و|أو|لكن|بينما|أما",
}
_VERBS: Final = {
    "en": "is are was were be isn't aren't has have does do doesn't don't can cannot can't may must shall should "
    "will won't need needs cost costs take takes go goes pay pays get gets run runs opens closes starts "
    "begins ends lasts apply applies arrive arrives receive receives expires includes leaves stays stay "
    "keeps keep comes come works ship ships travel eat we you they it he she off",
    "de": "sind haben werden können dürfen müssen sollen kosten dauern gelten liefern zahlen bekommen erhalten "
    "gehen fahren wir sie er es man ihr ist hat wird kann darf muss",
    "es": "es son está están hay tiene tienen puede pueden debe deben cuesta cuestan paga pagan tarda tardan se "
    "vale valen llega llegan abre cierra va van recibe reciben",
    "fr": "est sont a ont peut peuvent doit doivent coûte coûtent paie paient prend prennent faut va vont nous "
    "vous on il elle ils elles reçoit reçoivent dure durent arrive arrivent",
    "it": "è sono ha hanno può possono deve devono costa costano paga pagano si va vanno dura durano arriva "
    "arrivano riceve",
    "pt": "é são está estão há tem têm pode podem deve devem custa custam paga pagam se vai vão dura recebe recebem",
    "nl": "is zijn heeft hebben kan kunnen mag mogen moet moeten wordt worden kost kosten betaalt betalen duurt "
    "gaat gaan krijgt krijgen u je we ze het",
    "sv": "är har kan får måste ska blir kostar betalar tar går gäller du vi det de den",
    "ru": "есть может могут нужно можно стоит стоят платит платят мы вы он она оно они",
    "ar": "يمكن يجب هو هي",
}
# Verbs that say something of what stands before them, and who does it; no noun of a list ("returns and refunds").
VERBS: Final = {language: frozenset(listed.split()) for language, listed in _VERBS.items()}
_FORMS: Final = {
    "en": r"(?:\w{2,}(?:ed|able|ible|less)|un\w{4,}|non\w{4,})",
    "de": r"(?:[a-zäöü]\w{2,}t|(?:ge|ver|be|er|ent|zer|ab|an|auf|aus|ein|zu|vor|unter)\w{3,}en"
    r"|\w{2,}(?:bar|lich|ig|los|frei|haft|sam))",
    "es": r"\w{2,}(?:[ai]d[oa]s?|bles?)",
    "fr": r"\w{2,}(?:ée?s?|bles?)",
    "it": r"\w{2,}(?:[aiu]t[oaie]|bil[ei])",
    "pt": r"\w{2,}(?:[ai]d[oa]s?|ve(?:l|is))",
    "nl": r"(?:ge\w{2,}(?:d|t|en)|(?:ver|be|ont)\w{3,}[dt]|\w{2,}(?:baar|lijk|loos|vrij))",
    "sv": r"\w{3,}(?:ade?|at|bar[ta]?|lig[ta]?|fri(?:tt|a)?)",
    "ru": r"\w{2,}(?:[аея]н[аоы]?|[теёп]н[аоы]|ется|ются|ится|ятся|ает|яет|ают|яют)",
    "ar": r"و?[مي]\w{3,}",
}
# How a word that is said of something begins or ends, in lower case: a German noun has a capital.
FORMS: Final = {language: re.compile(form) for language, form in _FORMS.items()}
# What begins a clause with where or when it is so: that is not what it is about.
WHERE: Final = re.compile(
    r"(?:in|on|at|for|with|to|from|during|after|before|im|am|an|auf|bei|für|mit|zu|zum|zur|ab|nach|vor|en|por|para|con|a|al"
    r"|dans|pour|avec|à|au|aux|sur|nel\w*|per|su|em|no|na|nos|nas|op|met|voor|på|för|med|i|в|на|для|во|في|على|من|إلى|ل\w+)"
)
