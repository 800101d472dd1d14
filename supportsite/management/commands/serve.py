"""`manage.py serve`: everything in one process in the foreground."""

import errno
import logging
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from chat import triggers, widget_files
from chat.action_rows import Action, Method
from chat.assistant import language, providers
from chat.assistant.ports import SiteView
from chat.signals import feeling
from knowledge import editions, embed, index, indexing, lexicon
from supportsite import demo, preparing, running, server
from supportsite.sites.models import Site

LEAST_FREE_BYTES = 200 * 1024 * 1024

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Prepares what is missing, then serves until Ctrl-C or SIGTERM."""

    help = "Serve the widget, the console, the admin and the assistant from this one process."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what would stop us, before anything is changed."""
        self.began = time.monotonic()
        _check_folder()
        if not running.join():
            raise CommandError(f"A restore is at work in {settings.VAR}. Start Tandem when it is done.")
        _check_port()
        preparing.check_services()
        # Beside the rows: they read files, and let go of the interpreter for most of it.
        self.loading = [_begin(load) for load in _LOADS]
        with preparing.explained(), preparing.one_at_a_time():
            self._prepare_rows()
        code = server.serve(prepare=self._prepare, ready=self._ready)
        index.disown()
        sys.stdout.flush()
        sys.exit(code)

    def _prepare_rows(self) -> None:
        with self._step("database"):
            preparing.migrate()
        self.demo = None
        if settings.TANDEM.demo:
            with self._step("demo shop"):
                self.demo = demo.prepare()

    def _prepare(self) -> None:
        """What a first answer needs; the rest follows in a thread."""
        with self._step("models and index"):
            if not settings.TANDEM.does_tasks:
                index.follow()
            elif not index.own():
                self._say("Another process has the index; this one searches the rows exactly.")
            for loading in self.loading:
                if error := loading.exception():
                    logger.error("not loaded; what needs it does without", exc_info=error)
            for site in Site.objects.all():
                # A model that cannot be had is told now, not to the first customer.
                providers.warm(SiteView.of(site, settings.TANDEM))
                indexing.ensure(site)
                if site.intents_by:
                    providers.warm_forms()
        connection.close()
        threading.Thread(target=_warm_rest, daemon=True).start()

    def _ready(self) -> None:
        url = settings.TANDEM.public_url
        if self.demo:
            self._say(f"  shop     {url}/\n  console  {url}/console/   {_who(self.demo.agent)}")
            self._say(f"  admin    {url}/admin/     {_who(self.demo.admin)}\n  also in  {demo.path()}")
        else:
            self._say(f"  console  {url}/console/\n  admin    {url}/admin/")
        self._say(f"ready after {time.monotonic() - self.began:.1f} s (Ctrl-C ends it)")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(f"{name:<18} {time.monotonic() - began:5.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _warm_words() -> None:
    triggers.warm("Where is my order?")


_LOADS: Final = (embed.warm, language.warm, providers.warm, feeling.warm, _warm_words)


def _begin(load: Callable[[], None]) -> Future[None]:
    """Load in a thread that no failed start waits for."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            load()
            done.set_result(None)
        except Exception as error:  # noqa: BLE001 (whoever waits for it is told)
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done


def _warm_rest() -> None:
    """What a first answer can do without: other languages, the widget's files, MCP where a tool is used, the words."""
    embed.warm_rest()
    triggers.warm("Der Anwalt, адвокат")  # a subject's words, in letters of two kinds
    widget_files.packed()
    if Action.objects.filter(method=Method.MCP, is_on=True).exists():
        import_module("chat.mcp_client")
    for site in Site.objects.all():
        lexicon.current().warm(site.pk, editions.live(site.pk).pk or 0)
    connection.close()


def _who(login: demo.Login) -> str:
    return f"{login.username} / {login.password}"


def _check_port() -> None:
    host, port = settings.TANDEM.bind, settings.TANDEM.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(_port_trouble(error, host, port)) from None


def _port_trouble(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Choose one above 1023: PORT=8000 make run"
    return f"Cannot listen on {host}: {error.strerror}. Set TANDEM_BIND to an address of this machine."


def _check_folder() -> None:
    folder = settings.VAR
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CommandError(_folder_trouble(error)) from None
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        raise CommandError(
            f"Less than {LEAST_FREE_BYTES >> 20} MB are free for {folder}. Make room, or set TANDEM_VAR."
        )


def _folder_trouble(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk is full, so nothing can be kept in {settings.VAR}. Make room, or set TANDEM_VAR."
    return f"Cannot write to {settings.VAR}: {error.strerror}. Make it writable, or set TANDEM_VAR to a folder that is."
