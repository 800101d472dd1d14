"""The page of a site's identity key: who may see it, and what stays of it."""

import json
import shutil
import subprocess
import types

import jwt
import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from chat import identity
from supportsite.sites.identity_examples import EXAMPLES
from supportsite.sites.identity_key import identity_key
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
ADA = {"id": 7, "name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.fixture
def owner(site):
    return logged_in(make_member(site, "Olga", Role.OWNER))


def address(site) -> str:
    return reverse("admin:sites_site_identity", args=[site.pk])


def test_an_owner_sees_the_key_by_a_button_with_the_code_that_uses_it(site, owner):
    before = owner.get(address(site))
    assert identity_key(site) not in before.content.decode()
    shown = owner.post(address(site), {"do": "show"})
    page = shown.content.decode()
    assert f'value="{identity_key(site)}"' in page
    assert "hash_hmac" in page
    assert "no-store" in shown["Cache-Control"]
    assert LogEntry.objects.get().change_message == "identity key 1 shown"


def test_a_new_key_needs_to_be_meant_and_ends_the_old_one(site, owner):
    old = identity_key(site)
    assert "errorlist" in owner.post(address(site), {"do": "new"}).content.decode()
    assert identity_key(Site.objects.get()) == old
    owner.post(address(site), {"do": "new", "sure": "on"})
    assert identity_key(Site.objects.get()) != old
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["new identity key"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_else_sees_or_makes_one(site, role):
    client = logged_in(make_member(site, "Mona", role))
    for data in ({"do": "show"}, {"do": "new", "sure": "on"}):
        answer = client.post(address(site), data)
        assert identity_key(site) not in answer.content.decode()
    assert Site.objects.get().identity_key == 1
    assert not LogEntry.objects.exists()


def test_an_owner_of_another_site_sees_nothing(site, other_site):
    client = logged_in(make_member(other_site, "Otto", Role.OWNER))
    assert client.post(address(site), {"do": "show"}).status_code == 403


def test_each_site_and_each_number_has_its_own_key(site, other_site, settings):
    keys = {identity_key(site), identity_key(other_site)}
    site.identity_key = 2
    keys.add(identity_key(site))
    settings.SECRET_KEY = "another" * 10
    keys.add(identity_key(site))
    assert len(keys) == 4


def test_the_page_of_the_documentation_has_the_same_code(settings):
    page = (settings.BASE_DIR / "docs/identity.md").read_text("utf-8")
    assert all(code in page for code in EXAMPLES.values())


def read(site, token: str) -> identity.Claims:
    claims = jwt.decode(token, options={"verify_signature": False})
    return identity.read(site, token, now=claims["exp"] - 3600)


def test_the_python_example_signs_what_is_taken(site, monkeypatch):
    monkeypatch.setenv("SUPPORT_IDENTITY_KEY", identity_key(site))
    names: dict = {}
    exec(compile(EXAMPLES["Python"], "example", "exec"), names)
    assert read(site, names["identity"](types.SimpleNamespace(**ADA))).name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("program", "name", "before", "after"),
    [
        ("node", "Node.js", "", f"console.log(identity({json.dumps(ADA)}))"),
        ("php", "PHP", "<?php ", f"echo identity((object) json_decode('{json.dumps(ADA)}'));"),
    ],
)
def test_the_other_examples_do_too(site, tmp_path, program, name, before, after):
    run = shutil.which(program)
    assert run, f"{program} is not here; `make test` installs it where it may (tests/machine.py)"
    file = tmp_path / ("example.mjs" if program == "node" else "example.php")
    file.write_text(f"{before}{EXAMPLES[name]}\n{after}")
    env = {"SUPPORT_IDENTITY_KEY": identity_key(site)}
    said = subprocess.run([run, file], env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    claims = read(site, said.stdout.strip())
    assert (claims.id, claims.email) == ("7", "ada@example.com")
