"""What a report says: each reason in words, with what to do about it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .documents.document import Detail, Reason

WORDS: dict[Reason, str | Promise] = {
    Reason.NOT_UTF8: _("text: expected UTF-8. Save the file again with that encoding."),
    Reason.FRONT_MATTER: _("front matter: expected a line such as title: Return policy"),
    Reason.NO_JSON: _("line: expected a JSON object (%(why)s)"),
    Reason.NO_OBJECT: _("line: expected a JSON object"),
    Reason.NO_TEXT_FIELD: _("%(field)s: expected a text"),
    Reason.NO_SLUG: _("%(field)s: expected at least one Latin letter or figure"),
    Reason.NO_LIST: _("%(field)s: expected a list of texts"),
    Reason.NO_COLLECTION: _("collection: expected letters, figures and hyphens"),
    Reason.NOT_AS_EXPORTED: _("%(field)s: expected it as “Export all” writes it"),
    Reason.TOO_MANY: _("%(field)s: at most %(most)s"),
    Reason.EMPTY: _("body: there is no text in it."),
    Reason.FIELDS: _(
        "%(found)s fields where the head has %(expected)s. Look for a missing separator or a stray quote."
    ),
    Reason.NO_COLUMN: _("No column for %(field)s. Name one of them so: %(names)s."),
    Reason.ENCRYPTED: _("It needs a password. Save it without one and import it again."),
    Reason.SCANNED: _(
        "None of its %(pages)s pages has text: they are pictures. Run text recognition (OCR) over it first."
    ),
    Reason.CORRUPT: _("It is damaged, or not what its name says. Open it in its own program and save it again."),
    Reason.OLD_WORD: _("It is an old .doc, or has a password. Save it as .docx without a password."),
    Reason.TOO_LARGE: _("It has %(megabytes)s MB; %(most)s MB can be read. Split it."),
    Reason.TOO_LONG: _("Its text is longer than %(most)s characters. Split it into several articles."),
    Reason.TOO_MANY_PAGES: _("It has %(count)s pages; %(most)s can be read. Split it."),
    Reason.TOO_MANY_FILES: _("There are %(count)s files in it; %(most)s can be read at once. Split it."),
    Reason.BOMB: _("It would unpack to more than %(most)s MB, and was not unpacked."),
    Reason.NESTED: _("It is nested too deeply to be read."),
    Reason.NO_ARTICLES: _("There is no list “articles” in it, as an export of Zendesk Guide has."),
    Reason.SLOW: _("It took longer than %(seconds)s seconds and was given up."),
    Reason.MEMORY: _("It needs more than %(megabytes)s MB of memory to be read. Split it."),
    Reason.CRASHED: _("Reading it broke the program that reads. Save it again in its own program, or leave it out."),
    Reason.UNKNOWN_FORM: _("Files of this kind are not imported."),
    Reason.FILE_GONE: _("The file is not there any more. Upload it again."),
    Reason.BAD_LINE_ELSEWHERE: _("Held back: the file is imported as a whole, and another line of it is wrong."),
    Reason.TWIN: _("It would be the same article as %(other)s, which this import has brought. Give one another name."),
    Reason.SAME_ID: _("id: the same article as in line %(line)s"),
    Reason.TAKEN: _("There is an article “%(slug)s” from elsewhere. Choose “replace” to put this one in its place."),
    Reason.EDITED: _(
        "The article was changed here since the last import, and is kept. Choose “replace” to overwrite it."
    ),
    Reason.STILL_PUBLIC: _(
        "Fewer may read it there than here, and the article was changed here. Withdraw it, or choose “replace”."
    ),
    Reason.REFUSED: _("%(field)s: %(why)s"),
    Reason.BAD_ADDRESS: _("%(address)s is no address that can be read. Write it as https://www.example.com/help."),
    Reason.PRIVATE_ADDRESS: _(
        "%(host)s is in a private network and is not read. An owner can allow it: TANDEM_IMPORT_HOSTS."
    ),
    Reason.UNREACHABLE: _("%(host)s does not answer (%(why)s)."),
    Reason.STATUS: _("The server answered %(status)s."),
    Reason.REDIRECTS: _("More than %(most)s redirects."),
    Reason.ROBOTS: _("The robots.txt of %(host)s asks not to read this page."),
    Reason.ROBOTS_AWAY: _("The robots.txt of %(host)s cannot be had (%(status)s), so nothing is read there."),
    Reason.COMPRESSED: _("The server packs its answer in a way that is not read (%(coding)s)."),
    Reason.RATE_LIMITED: _("The server kept asking to come back later (%(status)s). Go on after a while."),
    Reason.UNEXPECTED: _("%(host)s answered with something that is no help centre's list. Look at the address."),
    Reason.OTHER_HOST: _("It leads to another host (%(address)s), and is not followed there."),
    Reason.NO_PAGES: _("It names no page of %(host)s. Give the address of a page, or of a sitemap that names some."),
    Reason.PAGES_ELSEWHERE: _(
        "It names pages of %(other)s and none of %(host)s. Give the address of the sitemap there."
    ),
    Reason.SAME_PAGE: _(
        "It leads to %(address)s like %(count)s pages in all. It may want a log-in; nothing was taken."
    ),
    Reason.LOGIN: _("It leads to a page that asks for a password."),
    Reason.WINDOWS_1252: _("It was read as Windows-1252: it is no UTF-8."),
    Reason.STRAY_QUOTE: _("A stray quotation mark was read as a letter."),
    Reason.PAGES_WITHOUT_TEXT: _("%(count)s pages have no text (%(pages)s)."),
    Reason.PICTURES_LEFT_OUT: _("Pictures left out: %(count)s."),
    Reason.PICTURES_COPIED: _("Pictures copied: %(count)s."),
    Reason.PICTURES_ARE_LINKS: _("Pictures that could not be copied, which readers see as links: %(count)s."),
    Reason.LINKS_TURNED: _("Links that lead to articles here now: %(count)s."),
    Reason.LINKS_LOST: _(
        "Links to files that its readers do not have here: %(count)s (%(names)s). They lead nowhere; Care lists them."
    ),
    Reason.RESTRICTED: _("Not everybody may read it there, so it is a draft here."),
    Reason.WITHDRAWN: _("It was withdrawn here: there it is a draft now, or not for everybody."),
    Reason.STAYS_WITHDRAWN: _("It was withdrawn here, and stays so until somebody brings it back."),
    Reason.PUBLIC_HERE: _("There it is a draft, or not for everybody; here readers see it."),
    Reason.FILED_HERE: _(
        "Its collection, its questions or who may see it are kept as they are here. “Replace” takes them from there."
    ),
    Reason.OTHER_STAYS: _("An article of the same name in another language or for another region stays as it is."),
    Reason.OWNER_NOT_HERE: _("Nobody here is called %(owner)s, so it has no owner yet."),
    Reason.REPLACEMENT_NOT_HERE: _("“%(slug)s”, which readers were shown instead, is not here."),
    Reason.DRAFT_LEFT_OUT: _("Its draft was left out: the text that readers had there is the draft here."),
    Reason.SLUGS_TAKEN: _("Former addresses that lead elsewhere here and were left out: %(slugs)s."),
}


def say(reason: str, detail: Detail | dict[str, Any]) -> str:
    """A reason in the reader's language; one that this version does not know is named as it is."""
    try:
        return str(WORDS[Reason(reason)]) % detail
    except (ValueError, KeyError):
        return gettext("It could not be imported (%(reason)s).") % {"reason": reason}
