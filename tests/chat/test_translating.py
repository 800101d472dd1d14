"""Translations for agents: made once and kept, by consent only, in the ledger, and warned of where need be."""

import asyncio
import contextlib
import time

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from chat import frames, lifecycle, translating
from chat.assistant import breaker
from chat.assistant.translation import Translated
from chat.lifecycle import Refused
from chat.models import Conversation, Event, Outbound
from chat.tier_rows import Tier
from chat.translation_rows import Translation
from tests.chat.test_lifecycle import fresh
from tests.fakes.openai_server import Fails, Hangs, Says, openai_server

pytestmark = pytest.mark.django_db(transaction=True)
GERMAN = "Wo ist meine Bestellung? Schreiben Sie mir bitte an jo.berg@example.com, ich warte seit 9 Tagen."
ENGLISH = "Where is my order? Please write to me at [EMAIL_1], I have been waiting for 9 days."


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def served(monkeypatch):
    """A model server that says this."""
    running = []

    def serve(*scripts):
        made = openai_server(*scripts)
        server = made.__enter__()
        running.append(made)
        own = {"model": "openai:fake", "model_url": server.url, "model_timeout": 0.5}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
        return server

    yield serve
    for made in running:
        made.__exit__(None, None, None)


def _said(site, agent, text=GERMAN) -> Conversation:
    site.translates = True
    site.save()
    where = lifecycle.Where(locale="de-DE")
    by = {"site": site, "visitor_id": "c" * 32}
    done = lifecycle.post_message(**by, client_id=fresh(), text=text, now=timezone.now(), where=where)
    return Conversation.objects.get(pk=done.conversation_id)


said = sync_to_async(_said)


async def test_a_message_is_translated_once_and_kept(site, agent, served):
    row, server = await said(site, agent), served(Says(ENGLISH))
    first = await translating.message(row, 1, "en")
    again = await translating.message(row, 1, "en")
    assert first == again
    assert first.text == "Where is my order? Please write to me at jo.berg@example.com, I have been waiting for 9 days."
    assert len(server.requests) == 1
    assert "jo.berg" not in str(server.requests)
    kept = await Translation.objects.aget()
    assert (kept.seq, kept.language, kept.text) == (1, "en", first.text)


async def test_what_is_erased_while_it_is_translated_is_not_kept(site, agent, served, monkeypatch):
    row = await said(site, agent)
    served(Says(ENGLISH))
    translated = translating.Translator.translate

    async def slowly(*args: str) -> Translated:
        done = await translated(*args)
        await sync_to_async(lifecycle.forget_conversation)(site=site, public_id=row.public_id, now=timezone.now())
        return done

    monkeypatch.setattr(translating.Translator, "translate", slowly)
    with pytest.raises(Refused) as refused:
        await translating.message(row, 1, "en")
    assert refused.value.code == "not_found"
    assert not await Translation.objects.aexists()


async def test_two_who_ask_at_once_make_one_call(site, agent, served):
    row, server = await said(site, agent), served(Says(ENGLISH))
    both = await asyncio.gather(translating.message(row, 1, "en"), translating.message(row, 1, "en"))
    assert both[0] == both[1]
    assert len(server.requests) == 1


async def test_the_call_is_in_the_ledger_with_what_was_taken_out(site, agent, served):
    row = await said(site, agent)
    served(Says(ENGLISH))
    await translating.message(row, 1, "en")
    call = await Outbound.objects.aget()
    assert (call.conversation_id, call.seq, call.outcome, call.redactions) == (row.pk, 1, "answered", {"EMAIL": 1})
    assert "[EMAIL_1]" in call.saw["question"]


async def test_without_consent_nothing_is_translated(site, agent, served):
    row, server = await said(site, agent), served(Says(ENGLISH))
    await sync_to_async(type(site).objects.update)(translates=False)
    with pytest.raises(Refused) as refused:
        await translating.message(row, 1, "en")
    assert refused.value.code == "not_allowed"
    assert server.requests == []


async def test_a_spent_budget_translates_nothing(site, agent, served, settings):
    row, server = await said(site, agent), served(Says(ENGLISH))
    settings.TANDEM = settings.TANDEM.model_copy(update={"model": "", "tier_urls": (server.url,)})
    model = {"model": "openai:fake", "url": server.url, "price_in": 5, "price_out": 15, "context": 8000, "timeout": 1}
    await Tier.objects.acreate(site=site, name="light", **model)
    site.budget_hard = 0
    await site.asave()
    with pytest.raises(Refused) as refused:
        await translating.message(row, 1, "en")
    assert refused.value.code == "not_allowed"
    assert server.requests == []


async def test_a_failure_says_so_keeps_nothing_and_the_next_try_may_do_it(site, agent, served):
    row = await said(site, agent)
    served(Fails(500), Says(ENGLISH))
    with pytest.raises(Refused) as refused:
        await translating.message(row, 1, "en")
    assert refused.value.code == "busy"
    assert await Translation.objects.acount() == 0
    assert (await translating.message(row, 1, "en")).text.startswith("Where is my order?")


@pytest.mark.parametrize(("spent_from", "asked"), [(None, ["small", "big"]), (0, ["small"])])
async def test_from_the_soft_stop_on_only_the_light_tier_translates(site, agent, served, settings, spent_from, asked):
    row, server = await said(site, agent), served(Fails(500), Says(ENGLISH))
    settings.TANDEM = settings.TANDEM.model_copy(update={"model": "", "tier_urls": (server.url,)})
    for name, model in (("light", "openai:small"), ("strong", "openai:big")):
        own = {"url": server.url, "price_in": 5, "price_out": 15, "context": 8000, "timeout": 1}
        await Tier.objects.acreate(site=site, name=name, model=model, **own)
    site.budget_soft = spent_from
    await site.asave()
    with contextlib.suppress(Refused):
        await translating.message(row, 1, "en")
    assert [one["model"] for one in server.requests] == asked


@pytest.mark.parametrize("seq", [2, 2**53])
async def test_what_is_no_message_is_not_translated(site, agent, served, seq):
    row = await said(site, agent)
    served(Says(ENGLISH))
    with pytest.raises(Refused) as refused:
        await translating.message(row, seq, "en")
    assert refused.value.code == "not_found"


async def test_a_reply_is_put_into_the_customers_language_and_not_kept(site, agent, served):
    row = await said(site, agent)
    server = served(Says("Ihre Bestellung NP-1 ist unterwegs, Ana bringt sie morgen zu Ihnen nach Hause."))
    done = await translating.reply(row, "Your order is on its way.", "en")
    assert done.text.startswith("Ihre Bestellung")
    assert done.warnings == ("numbers",), "NP-1 is not in the original"
    assert '"de"' in server.requests[0]["messages"][0]["content"]
    assert await Translation.objects.acount() == 0


def test_a_translated_reply_keeps_what_the_agent_wrote(site, agent):
    row = _said(site, agent)
    own = {"member": agent, "conversation": row.public_id, "now": timezone.now()}
    done = lifecycle.agent_message(**own, client_id="one", text="Sie ist unterwegs.", original="It is on its way.")
    body = Event.objects.get(conversation=row, seq=done.seq).body
    assert body == {"text": "Sie ist unterwegs.", "original": "It is on its way.", "language": "de"}
    (told,) = frames.after(conversation_id=row.pk, seq=done.seq - 1, team=False).events
    assert told.fields["html"] == (
        "<p>Sie ist unterwegs.</p>\n<details><summary>Übersetzt · Original</summary><p>It is on its way.</p></details>"
    )
    assert "language" not in told.fields
    with pytest.raises(Refused) as refused:
        lifecycle.agent_message(**own, client_id="one", text="Sie ist unterwegs.")
    assert refused.value.code == "id_reused"


@pytest.mark.parametrize("sign", ["\ud83d", "\0"])
async def test_what_is_no_character_ends_in_a_translation_and_a_closed_call(site, agent, served, sign):
    row = await said(site, agent)
    served(Says(ENGLISH.replace("?", f"?{sign}"), size=1000))
    done = await translating.message(row, 1, "en")
    assert done.text.startswith("Where is my order?\ufffd Please")
    call = await Outbound.objects.aget()
    assert (call.outcome, call.closed_at is None) == ("answered", False)


async def test_a_server_that_hangs_holds_nobody_up_for_long(site, agent, served):
    row = await said(site, agent)
    served(Hangs())
    began = time.monotonic()
    with pytest.raises(Refused):
        await translating.message(row, 1, "en")
    assert time.monotonic() - began < 15
