"""The demo: a shop, an agent and an admin with passwords made at random, told in var/demo.json."""

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from chat.intent_rows import Intent, IntentKind, KeywordRule
from knowledge import demo as help_centre
from supportsite import demo_actions
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import Role


@dataclass(frozen=True)
class Login:
    """Who may log in."""

    username: str
    password: str
    checked: str = ""  # of the password and what is stored of it, once that was found right: it takes half a second


@dataclass(frozen=True)
class Demo:
    """What a newcomer needs to look around."""

    url: str
    site: str
    agent: Login
    admin: Login


def prepare() -> Demo:
    """The demo site with its people; what is there already stays, passwords included."""
    site = help_centre.load()
    _dress(site)
    _teach(site)
    demo_actions.prepare(site)
    told = _told()
    agent = _login(site, "agent", told)
    admin = _login(site, "admin", told)
    team, _made = Team.objects.get_or_create(site=site, name="Support")
    maya = _member(site, agent, "Maya", Role.AGENT, is_admin=False)
    team.members.add(maya)
    jonas = _member(site, admin, "Jonas", Role.OWNER, is_admin=True)
    demo = Demo(settings.TANDEM.public_url, site.key, _checked(agent, maya), _checked(admin, jonas))
    _tell(demo)
    return demo


def path() -> Path:
    """Where it is told."""
    return Path(settings.VAR) / "demo.json"


def _dress(site: Site) -> None:
    if not site.greeting:
        site.greeting = {
            "en": "Hello. Ask about delivery, returns, warranty or your order.",
            "de": "Guten Tag. Fragen Sie zu Lieferung, Rückgabe, Garantie oder Ihrer Bestellung.",
            "es": "Hola. Pregunte por envíos, devoluciones, garantía o su pedido.",
            "fr": "Bonjour. Posez vos questions sur la livraison, les retours, la garantie ou votre commande.",
            "ar": "مرحبًا. اسأل عن التوصيل أو الإرجاع أو الضمان أو طلبك.",
        }
        site.url = settings.TANDEM.public_url
        site.save(update_fields=["greeting", "url"])


def _teach(site: Site) -> None:
    """Intents to look at and train on, where the site has none; a rule to begin with."""
    if Intent.objects.filter(site=site).exists():
        return
    told = json.loads((Path(__file__).parent / "demo_intents.json").read_text("utf-8"))
    made = Intent.objects.bulk_create(Intent(site=site, **one) for one in told)
    complaint = next(intent for intent in made if intent.kind == IntentKind.COMPLAINT)
    KeywordRule.objects.create(
        site=site, intent=complaint, place=10, any_of=["make a complaint", "beschweren", "poner una queja"]
    )


def _told() -> dict[str, Any]:
    try:
        told = json.loads(path().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _login(site: Site, part: str, told: dict[str, Any]) -> Login:
    """Who plays a part in the demo. Somebody of that name who is not the demo's is left alone."""
    names = (part, *(f"demo-{part}{number or ''}" for number in range(100)))
    name = next(name for name in names if _is_free(site, name))
    known = told.get(part)
    if isinstance(known, dict) and known.get("username") == name and known.get("password"):
        return Login(name, known["password"], str(known.get("checked", "")))
    return Login(name, secrets.token_urlsafe(9))


def _is_free(site: Site, name: str) -> bool:
    taken = get_user_model().objects.filter(username=name)
    return not taken.exists() or taken.filter(memberships__site=site).exists()


def _member(site: Site, login: Login, shown: str, role: Role, *, is_admin: bool) -> Member:
    users = get_user_model().objects
    user, _made = users.get_or_create(
        username=login.username, defaults={"is_staff": is_admin, "is_superuser": is_admin}
    )
    member, _made = Member.objects.get_or_create(user=user, site=site, defaults={"role": role, "name": shown})
    if login != _checked(login, member) and not member.user.check_password(login.password):
        member.user.set_password(login.password)
        member.user.save(update_fields=["password"])
    return member


def _checked(login: Login, member: Member) -> Login:
    both = f"{login.password} {member.user.password}"
    return replace(login, checked=hashlib.sha256(both.encode()).hexdigest())


def _tell(demo: Demo) -> None:
    draft = path().with_suffix(".part")
    draft.touch(mode=0o600)
    os.chmod(draft, 0o600)
    draft.write_text(json.dumps(asdict(demo), indent=2) + "\n", "utf-8")
    draft.replace(path())
