"""The cast that every test shares; each has one meaning."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import translation
from httpx2._transports import default as clients
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from knowledge import index, indexing, lexicon, publish, rebuilding
from knowledge.exact import ExactIndex
from knowledge.models import Article
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import Role
from tests import tables
from tests.curators import SHIPPING, TENTS
from tests.read_once import read_once

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)

# A busy machine is no mistake of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def make_member(site: Site, name: str, role: Role = Role.AGENT) -> Member:
    """Somebody who can log in as `name` in lower case with the password `secret-of-<name>`."""
    user = get_user_model().objects.create_user(username=name.lower(), password=f"secret-of-{name.lower()}")
    return Member.objects.create(user=user, site=site, role=role, name=name)


def logged_in(member: Member) -> Client:
    """A browser in which `member` is logged in."""
    member.user.is_staff = True
    member.user.save()
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test's own file, which need not outlive the machine: what is written in it waits for no disk."""
    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> Iterator[bool]:
    """Whether the tables are there already: of SQLite a copy is laid out, and migrations find nothing to do."""
    if connection.vendor != "sqlite":
        yield bool(request.config.getvalue("reuse_db"))
        return
    file = Path(connection.settings_dict["TEST"]["NAME"])
    tables.copy_to(file)
    yield True
    connection.close()
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()


@pytest.fixture(scope="session", autouse=True)
def _permissions_once() -> Iterator[None]:
    """A test with transactions empties the tables: what Django would find out anew for them is put back."""
    made: list[list[Model]] = []
    find_out = flush.emit_post_migrate_signal

    def put_back(verbosity: int, interactive: bool, db: str, **others: Any) -> None:
        if not made:
            find_out(verbosity, interactive, db, **others)
            made.extend(list(model._default_manager.using(db).all()) for model in (ContentType, Permission))
        else:
            ContentType.objects.clear_cache()
            for rows in made:
                type(rows[0])._default_manager.using(db).bulk_create(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", put_back)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_once() -> Iterator[None]:
    """Each browser of a test has a handler of its own, and each looked at every static file there is."""
    found: dict[str, StaticFile] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_once() -> Iterator[None]:
    """Each client of a provider reads the machine's certificates, 100 ms, and hundreds of tests make one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "create_ssl_context", cache(clients.create_ssl_context))
        yield


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """What makes a password slow to guess takes a second of each test that logs somebody in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A request of a test's client leaves its language behind in the thread; the next test must not hear it."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test read of its rows is not there in the next one, which has other rows of the same ids."""
    monkeypatch.setattr(lexicon, "_lexicon", lexicon.Lexicon())
    monkeypatch.setattr(index, "_rows", ExactIndex(from_rows=True))
    monkeypatch.setattr(rebuilding, "_lists", {})


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """See tests/read_once.py; a module of tests of the models themselves has its own of that name."""
    with read_once():
        yield


@pytest.fixture
def now() -> datetime:
    """A moment that stands still."""
    return NOW


@pytest.fixture
def site(db) -> Site:
    """The site that a test is about."""
    return Site.objects.create(name="Northpine", origins=["https://shop.example"], url="https://shop.example")


@pytest.fixture
def other_site(db) -> Site:
    """Somebody else's site on the same installation."""
    return Site.objects.create(name="Elsewhere", origins=["https://elsewhere.example"])


@pytest.fixture
def agent(site) -> Member:
    """An agent of the site."""
    return make_member(site, "Maya")


@pytest.fixture
def another_agent(site) -> Member:
    """A colleague of the agent."""
    return make_member(site, "Noor")


@pytest.fixture
def curator(site) -> Member:
    """Edits articles, may not read conversations."""
    return make_member(site, "Carla", Role.CURATOR)


@pytest.fixture
def desk(curator: Member) -> Client:
    """The curator's browser."""
    return logged_in(curator)


@pytest.fixture
def tents(site: Site, now: datetime) -> Article:
    """A published article that is found, beside another."""
    shelf = site.collections.create(slug="care", titles={"en": "Care"})
    for slug, body in (("shipping", SHIPPING), ("tents", TENTS)):
        fields = {"collection": shelf, "language": "en", "title": slug.capitalize()}
        article = publish.create_article(site=site, slug=slug, body=body, **fields)
        indexing.index_version(publish.publish(article=article, by=None, now=now).pk, now=now)
    return article


@pytest.fixture
def stranger(other_site) -> Member:
    """An agent of the other site: sees nothing here."""
    return make_member(other_site, "Stan")


@pytest.fixture
def team(site, agent) -> Team:
    """A team that the agent is in and the colleague is not."""
    team = Team.objects.create(site=site, name="Returns")
    team.members.add(agent)
    return team
