"""Looks whether all is well, for `manage.py doctor`: rows against log, index against rows, settings, disk, tables."""

import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from chat import ledger, log_check
from chat.models import Conversation, Event
from knowledge import index, index_check, indexing, rerank

from . import preparing, running
from .sites.models import Member, Site

LEAST_FREE = 200 * 1024 * 1024
LITTLE_FREE = 1024 * 1024 * 1024
CLOCKS_APART_S = 3.0  # of a lease's 15
LAST_HOUR = timedelta(hours=1)


class Weight(StrEnum):
    """How much a finding matters: only a fault makes the command end with 1."""

    FINE = "ok"
    ADVICE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    weight: Weight
    text: str


def examine(*, mend: bool = False) -> Iterator[Finding]:
    """Everything, in the order in which one would mend it. With `mend`, what can be put right is put right first."""
    yield from _settings()
    if not settings.VAR.is_dir():  # where the rows are in PostgreSQL nothing else may have needed it so far
        yield Finding(Weight.FAULT, f"There is no folder {settings.VAR}: make it, or set TANDEM_VAR to another one.")
        return
    yield from _disk()
    tables = _tables()
    yield tables
    if tables.weight is Weight.FAULT:
        return
    yield from _database()
    yield from _sites()
    yield from _providers()
    yield from _conversations(mend)
    yield from _index(mend)


def _settings() -> Iterator[Finding]:
    chosen = settings.TANDEM
    advice = (
        (
            not chosen.demo and not chosen.url,
            "TANDEM_URL is not set: links and the widget's line name this machine only.",
        ),
        (
            settings.SECURE and not chosen.trusted_proxies,
            "TANDEM_URL is https, but TANDEM_TRUSTED_PROXIES is empty: no request is known to have come by TLS "
            "(no HSTS).",
        ),
        (
            _is_elsewhere(chosen.url) and not chosen.trusted_proxies,
            "TANDEM_TRUSTED_PROXIES is empty: whoever comes through a proxy on this machine has no address, and the "
            "limits for new visitors, searches and ratings are off; through a proxy elsewhere everybody has its "
            "address, and they share one limit.",
        ),
        (bool(chosen.url) and not settings.SECURE, "TANDEM_URL is plain http: passwords travel in the clear."),
        (
            bool(chosen.embeddings),
            f"TANDEM_EMBEDDINGS: {chosen.embeddings} reads every article and every question, with names (e-mail "
            "addresses and numbers are taken out). Where it is not yours, that is a transfer to a third party.",
        ),
        (
            bool(chosen.reranker),
            f"TANDEM_RERANKER: {chosen.reranker} reads questions, with names (e-mail addresses and numbers are taken "
            "out), and what was found. Where it is not yours, that is a transfer to a third party.",
        ),
        (chosen.demo and bool(chosen.url), "TANDEM_DEMO is on at a public address: set TANDEM_DEMO=0."),
    )
    found = [Finding(Weight.ADVICE, text) for holds, text in advice if holds]
    if wrong := rerank.check():
        found.append(Finding(Weight.FAULT, wrong))
    yield from found or [Finding(Weight.FINE, "settings")]


def _is_elsewhere(url: str) -> bool:
    """Whether people reach Tandem by another name than this machine's own."""
    return bool(url) and urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1")


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.VAR).free
    weight = Weight.FAULT if free < LEAST_FREE else Weight.ADVICE if free < LITTLE_FREE else Weight.FINE
    yield Finding(weight, f"{free >> 20} MB are free for {settings.VAR}")
    for path in (settings.VAR, settings.VAR / "secret-key"):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(Weight.ADVICE, f"Other users of this machine may read {path}: chmod go= {path}")


def _tables() -> Finding:
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if behind:
        return Finding(
            Weight.FAULT, f"{len(behind)} migrations are not applied yet: start the server, or manage.py migrate"
        )
    return Finding(Weight.FINE, "tables")


def _database() -> Iterator[Finding]:
    yield from _postgresql() if connection.vendor == "postgresql" else _sqlite()
    if settings.TANDEM.is_shared:
        try:
            preparing.check_services()
            yield Finding(Weight.FINE, "Redis")
        except CommandError as fault:
            yield Finding(Weight.FAULT, str(fault))


def _postgresql() -> Iterator[Finding]:
    """What would lose what was acknowledged, and a clock that leases and waiting times would not agree with."""
    began = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp(), current_setting('fsync'), current_setting('synchronous_commit'), version()"
        )
        there, fsync, commit, version = cursor.fetchone()
    apart = max(began - there, there - timezone.now()).total_seconds()
    if apart > CLOCKS_APART_S:
        yield Finding(Weight.FAULT, f"This machine's clock and PostgreSQL's are {apart:.0f} s apart: set both by NTP.")
    if "off" in (fsync, commit):
        yield Finding(Weight.FAULT, "PostgreSQL runs with fsync or synchronous_commit off: a crash loses messages.")
    yield Finding(Weight.FINE, " ".join(version.split()[:2]))


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        words = [row[0] for row in cursor.execute("PRAGMA integrity_check(3)").fetchall()]
        rows = cursor.execute("PRAGMA foreign_key_check").fetchall()
    orphans = [f"{table} → {parent}" for table, _row, parent, _key in rows]
    if words != ["ok"]:
        yield from (Finding(Weight.FAULT, f"database: {line}") for line in words)
    elif orphans:
        yield Finding(Weight.FAULT, f"database: {len(orphans)} rows name others that are not there ({orphans[0]})")
    else:
        yield Finding(Weight.FINE, "database")


def _sites() -> Iterator[Finding]:
    real = Site.objects.filter(is_demo=False)
    if not settings.TANDEM.demo and not real.exists():
        yield Finding(Weight.ADVICE, "There is no site yet: manage.py create_site NAME URL")
    for site in real.filter(origins=[]):
        yield Finding(Weight.ADVICE, f"{site}: no page may show its widget; set the allowed origins in the admin.")
    for site in real.exclude(members__role="owner"):
        yield Finding(Weight.ADVICE, f"{site}: nobody is its owner.")
    demo = Member.objects.filter(site__is_demo=True, user__is_active=True, user__username__in=("agent", "admin"))
    if not settings.TANDEM.demo and demo.exists():
        yield Finding(Weight.ADVICE, "The demo's logins still work here: use a fresh TANDEM_VAR for a real site.")


def _providers() -> Iterator[Finding]:
    """How the calls of the last hour ended, by the ledger: a key that is no longer taken shows here first."""
    since = timezone.now() - LAST_HOUR
    asked = [(f"{one.provider}:{one.model}", one) for one in ledger.health(since=since)]
    for provider in ledger.NO_MODELS:
        asked += [(f"{provider}s at {one.model}", one) for one in ledger.health_of(provider, since=since)]
    for name, one in asked:
        told = f"{name}: {one.calls} calls in the last hour"
        if not one.failed:
            yield Finding(Weight.FINE, told)
            continue
        why = ", ".join(f"{outcome} {count}" for outcome, count in one.failures.most_common(3))
        weight = Weight.FAULT if one.failed == one.calls else Weight.ADVICE
        yield Finding(weight, f"{told}, {one.failed} failed ({why})")


def _conversations(mend: bool) -> Iterator[Finding]:
    if mend and (count := log_check.mend()):
        yield Finding(Weight.FINE, f"mended {count} conversations from their logs")
    faults = [Finding(Weight.FAULT, str(difference)) for difference in log_check.differences()]
    lonely = Conversation.objects.filter(last_seq=0, events=None)
    missing = Event.objects.filter(kind="escalated").exclude(conversation__escalations__seq=F("seq"))
    faults += [Finding(Weight.FAULT, f"conversation {row}: it has no event") for row in lonely]
    faults += [
        Finding(Weight.FAULT, f"conversation {event.conversation}: escalation {event.seq} has no reasons")
        for event in missing.select_related("conversation")
    ]
    told = (
        f"conversations: {Conversation.objects.count()}, events: {Event.objects.count()}; each row is what its log says"
    )
    yield from faults or [Finding(Weight.FINE, told)]


def _index(mend: bool) -> Iterator[Finding]:
    """Only its owner can look into Chroma's folder; a server mends its index itself whenever it starts."""
    if settings.TANDEM.is_shared:
        index.follow()
        yield from _shelves("vectors")
        return
    with running.alone() as alone:
        if not alone:
            yield from _shelves("vectors (the running server has the index, and checked it as it started)")
            return
        index.own()
        try:
            if mend:
                with suppress(index.Away):
                    for site in Site.objects.all():
                        indexing.mend(site)
            yield from _shelves("index")
        finally:
            index.disown()


def _shelves(fine: str) -> list[Finding]:
    try:
        found = [Finding(Weight.FAULT, line) for line in index_check.doctor()] or [Finding(Weight.FINE, fine)]
    except index.Away:
        found = [Finding(Weight.FAULT, f"Chroma's server at {settings.TANDEM.chroma_url} does not answer.")]
    return found + [Finding(Weight.ADVICE, line) for line in index_check.remarks()]
