"""Holds the index against the rows: what differs, and the mending of it. `manage.py doctor` and the start call it."""

import threading

from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from . import index
from .exact import labels_in_rows, vectors_in_rows
from .indexing import due, mend, missing_models, wanted_shelves

_once = threading.Lock()
_mended_as_owner = False


def differences(site: Site) -> list[str]:
    """One line for each shelf that is not what the rows say; what is still to be indexed is no difference."""
    lines = []
    waiting = set(due().filter(article__site=site).values_list("sections__pk", flat=True))
    for shelf in sorted(wanted_shelves(site.pk) | index.current().shelves(site.pk), key=str):
        rows = labels_in_rows(shelf) if shelf in wanted_shelves(site.pk) else {}
        vectors = vectors_in_rows(shelf.model, sorted({digest for digest, _label in rows.values()}))
        unread = [
            number for number, (digest, _label) in rows.items() if digest not in vectors and number not in waiting
        ]
        here = index.current().ids(shelf)
        lost, foreign = rows.keys() - here - waiting, here - rows.keys()
        for count, text in (
            (len(unread), _("%(shelf)s: %(count)d sections have no vector")),
            (len(lost), _("%(shelf)s: %(count)d sections are not in the index")),
            (len(foreign), _("%(shelf)s: %(count)d entries of the index are no published section")),
        ):
            if count:
                lines.append(text % {"shelf": shelf, "count": count})
    return lines


def doctor() -> list[str]:
    """The knowledge half of `manage.py doctor`: one line for each thing that is not as it should be."""
    lines = [_("The model %s is not installed; run make setup.") % model for model in missing_models()]
    for site in Site.objects.all():
        lines += [f"{site}: {line}" for line in differences(site)]
    return lines


def mend_once() -> None:
    """After this process has taken Chroma's folder: put back what the index lost, from the vectors that are rows."""
    global _mended_as_owner
    with _once:
        if index.owned() and not _mended_as_owner:
            for site in Site.objects.all():
                mend(site, embed=False)
        _mended_as_owner = index.owned()
