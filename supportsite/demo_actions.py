"""What the demo shop's assistant can do: look an order up, cancel one, and say where an order is in a few steps."""

import json
from pathlib import Path
from typing import Any

from chat.action_rows import Action, Procedure
from chat.intent_rows import Intent, IntentKind, KeywordRule
from chat.outside import DEMO, demo_address
from supportsite.sites.models import Site

ORDER_NUMBER = "NP#########"


def prepare(site: Site) -> None:
    """Make them where the site has none; those that ask the demo itself ask it where it is served now."""
    if not site.order_numbers:
        site.order_numbers = [ORDER_NUMBER]
        site.save(update_fields=["order_numbers"])
    if not Action.objects.filter(site=site).exists():
        _make(site, json.loads((Path(__file__).parent / "demo_actions.json").read_text("utf-8")))
    for action in Action.objects.filter(site=site, url__contains=DEMO):
        here = demo_address() + DEMO + action.url.partition(DEMO)[2]
        if action.url != here and action.url.startswith("http://127.0.0.1:"):
            Action.objects.filter(pk=action.pk).update(url=here)


def _make(site: Site, told: dict[str, Any]) -> None:
    actions = {}
    for key, row in told["actions"].items():
        fields = {name: value for name, value in row.items() if name not in ("path", "intent", "inputs")}
        intent = _intent(site, row["intent"]) if "intent" in row else None
        url = demo_address() + DEMO + row["path"]
        actions[key] = Action.objects.create(site=site, intent=intent, url=url, **fields)
        for name, kind in row["inputs"].items():
            actions[key].inputs.create(name=name, kind=kind)
    for row in told["procedures"]:
        procedure = Procedure.objects.create(site=site, name=row["name"], intent=_intent(site, row["intent"]))
        for place, step in enumerate(row["steps"], start=1):
            called = {"action": actions[step["action"]]} if "action" in step else {}
            procedure.steps.create(place=place, **{**step, **called})


def _intent(site: Site, told: dict[str, Any]) -> Intent:
    """The intent of that name, with the words that mean it."""
    intent, _made = Intent.objects.get_or_create(site=site, name=told["name"], defaults={"kind": IntentKind.ACCOUNT})
    if not intent.rules.exists():
        KeywordRule.objects.create(site=site, intent=intent, place=20, any_of=told["words"], none_of=told["not"])
    return intent
