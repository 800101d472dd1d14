"""Holds the index against the rows: what differs, and the mending of it. `manage.py doctor` and the start call it."""

import threading
from contextlib import suppress

from django.utils import timezone
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from . import index, rebuilding
from .editions import as_wanted, live, wanted_shelves
from .exact import labels_in_rows, vectors_in_rows
from .indexing import due, mend, missing_models
from .models import Edition, EditionState

_once = threading.Lock()
_mended_as_owner = False


def differences(site: Site) -> list[str]:
    """One line for each shelf that is not what the rows say; what is still to be indexed is no difference."""
    lines = []
    waiting = set(due().filter(article__site=site).values_list("sections__pk", flat=True))
    wanted, here_too = wanted_shelves(live(site.pk)), index.current().shelves(site.pk)
    beside = set(Edition.objects.filter(site=site).exclude(state=EditionState.LIVE).values_list("pk", flat=True))
    for shelf in sorted((one for one in wanted | here_too if one.edition not in beside), key=str):
        rows = labels_in_rows(shelf) if shelf in wanted else {}
        vectors = vectors_in_rows(shelf.model, sorted({digest for digest, _label in rows.values()}))
        unread = [
            number for number, (digest, _label) in rows.items() if digest not in vectors and number not in waiting
        ]
        here = index.current().labels(shelf)
        lost, foreign = rows.keys() - here.keys() - waiting, here.keys() - rows.keys()
        misfiled = {number for number in rows.keys() & here.keys() if rows[number][1] != here[number]} - waiting
        for count, text in (
            (len(unread), _("%(shelf)s: %(count)d sections have no vector")),
            (len(lost), _("%(shelf)s: %(count)d sections are not in the index")),
            (len(foreign), _("%(shelf)s: %(count)d entries of the index are no published section")),
            (len(misfiled), _("%(shelf)s: %(count)d entries are filed otherwise than their articles")),
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


def remarks() -> list[str]:
    """What is no fault: indexes that were made otherwise than they would be now, and those that are being built."""
    lines = []
    for edition in Edition.objects.filter(state=EditionState.BUILDING).select_related("site"):
        told = {"site": edition.site, "share": round(100 * rebuilding.progress(edition).share)}
        lines.append(_("%(site)s: a new index is being built beside the one that is searched (%(share)d %%)") % told)
        lines += [f"{edition.site}: {line}" for line in edition.detail.splitlines()]
    for edition in Edition.objects.filter(state=EditionState.LIVE).select_related("site"):
        if not as_wanted(edition):
            lines.append(
                _("%(site)s: the index was made by an earlier way of cutting, or by other models; the server renews it")
                % {"site": edition.site}
            )
    return lines


def mend_once() -> None:
    """After this process became Chroma's writer, and after Chroma was away: put there what it lacks, from the rows.

    Then begin what the index needs to be made as it would be now. Where Chroma is still away nothing is done.
    """
    global _mended_as_owner
    with _once, suppress(index.Away):
        if index.away():
            index.heal(_mend_all)
        if index.owned() and not _mended_as_owner:
            _mend_all()
            for site in Site.objects.all():
                rebuilding.start(site, now=timezone.now())
        _mended_as_owner = index.owned()


def _mend_all() -> None:
    for site in Site.objects.all():
        mend(site, embed=False)
