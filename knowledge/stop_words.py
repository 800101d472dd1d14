"""Words that carry no meaning of their own, by language."""

from typing import Final

STOP_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a an the and or but if then so than that this these those there here it its it's is are was were be "
        "been being am do does did done have has had having will would shall should can could may might must "
        "to of in on at by for from with about into over under as up out off i me my mine we us our ours you "
        "your yours he him his she her they them their what which who whom whose when where why how not no "
        "nor don't doesn't isn't can't won't please just also too very some any all each get got hi hello "
        "whats thanks thank ok okay yes i'm i've i'd",
        "de": "der die das den dem des ein eine einen einem einer eines und oder aber wenn dann so als dass dies "
        "diese dieser dieses es ist sind war waren sein bin habe hat haben hatte wird werden wurde kann "
        "können könnte darf soll sollte muss müssen zu zur zum von vom in im an am auf bei für mit über unter "
        "aus nach ich mich mir mein meine meinen meinem meiner wir uns unser unsere sie ihr ihre ihren ihrem "
        "ihnen er du dein deine man was wer wie wo wann warum welche welcher welches nicht kein keine nein ja "
        "bitte auch noch sehr nur schon hier da ob",
        "es": "el la los las un una unos unas y o u pero si que de del a al en con por para sin sobre es son era "
        "fue ser está están estar he ha han hay lo le les se me mi mis nos nuestro nuestra nuestros nuestras "
        "tu tus su sus yo usted ustedes qué cuál cuáles quién cómo cuándo dónde por cuánto cuánta no sí "
        "también muy más ya este esta estos estas ese esa eso esto como cuando donde puedo puede pueden poder "
        "tengo tiene quiero hola gracias favor",
        "fr": "le la les l un une des du de d et ou mais si que qu qui quoi en à au aux avec pour par sans sur dans "
        "est sont était être suis a ai as ont avoir avez y ce cet cette ces ça c il elle ils elles on je j me "
        "m mon ma mes nous notre nos vous votre vos tu ton ta tes se s son sa ses leur leurs ne n pas non oui "
        "plus très aussi comment quand où quel quelle quels quelles combien pourquoi peut peuvent puis pouvez "
        "dois doit bonjour merci",
        "it": "il lo la gli le i un una e o ma se che di del della dei a al alla in nel con per da dal su è sono "
        "era ho ha hanno mi mio mia ci si tu tuo io noi voi loro come quando dove quale quanto non sì anche "
        "più",
        "pt": "o a os as um uma e ou mas se que de do da dos das em no na nos com por para é são foi ser está eu "
        "meu minha você seu sua como quando onde qual quanto não sim também mais muito",
        "nl": "de het een en of maar als dat dit die is zijn was waren ben heb heeft hebben kan kunnen mag moet te "
        "van in op aan bij voor met uit naar ik mij mijn wij ons onze u uw je jouw zij hun wat wie hoe waar "
        "wanneer waarom welke niet geen nee ja ook nog zeer",
    }.items()
}  # fmt: skip
