"""What a finding says to a curator, in the reader's language."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .links import Fault
from .models import Failure, Finding, FindingKind


def words(finding: Finding) -> str:
    """What was found, in a sentence."""
    detail = finding.detail
    if finding.kind == FindingKind.LINK:
        return _link(detail["fault"]) % {"address": detail["address"]}
    if finding.kind == FindingKind.OUTSIDE:
        told = {"address": detail["address"], "date": _date(detail["date"])}
        return _outside(detail["fault"]) % told
    if finding.kind == FindingKind.REVIEW:
        return _("Its review date was %(date)s.") % {"date": _date(detail["date"])}
    if finding.kind == FindingKind.UNCITED:
        return _("No answer has cited it since %(date)s.") % {"date": _date(detail["date"])}
    if finding.kind == FindingKind.DUPLICATE:
        return _("Says nearly the same as “%(title)s”.") % {"title": finding.other}
    told = {"here": detail["here"]["said"], "there": detail["there"]["said"], "title": finding.other}
    if finding.kind == FindingKind.CONTRADICTION:
        return _("Says %(here)s; “%(title)s” says %(there)s of the same.") % told
    told["language"] = finding.other.language if finding.other else ""
    return _("Says %(here)s; “%(title)s” (%(language)s) says %(there)s.") % told


def _link(fault: str) -> str:
    return {
        Fault.MISSING: _("Links to “%(address)s”, and there is no such article."),
        Fault.WITHDRAWN: _("Links to “%(address)s”, which was withdrawn."),
        Fault.UNPUBLISHED: _("Links to “%(address)s”, which readers of this article do not have."),
        Fault.HIDDEN: _("Links to “%(address)s”, which not everybody who reads this article may see."),
        Fault.NOWHERE: _("Links to “%(address)s”, and there is no such page here."),
        Fault.ANCHOR: _("Links to “%(address)s”, and that heading is not there."),
    }[Fault(fault)]


def _outside(fault: str) -> str:
    return {
        Failure.GONE: _("Links to %(address)s, and that site says that there is no such page."),
        Failure.SILENT: _("Links to %(address)s, which has not answered since %(date)s."),
        Failure.CIRCLES: _("Links to %(address)s, which leads from one address to the next without an end."),
    }[Failure(fault)]


def _date(written: str) -> str:
    return date_format(date.fromisoformat(written), "DATE_FORMAT")
