"""Who gets a person before a turn reads anything, and how much of a conversation a turn reads."""

import time

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import leases, turns
from chat.assistant import redacting
from chat.assistant.trace import Trace
from chat.models import Conversation, Event, Turn
from supportsite.redact import Redactor
from supportsite.sites.models import Site
from tests.chat.assistant.shop import a_site
from tests.chat.test_called_once import kinds, post, says, told

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_subject_that_the_site_has_just_named_holds_on_a_page_that_is_open_already(site):
    open_page = await Site.objects.aget(pk=site.pk)
    await Site.objects.filter(pk=site.pk).aupdate(sensitive_words=["batch 77"])
    await says(open_page, "My heater is from batch 77", "m1")
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["sensitive"]]


async def test_a_page_that_is_open_hears_what_the_site_named_before(site):
    await says(site, "My heater is from batch 77", "m1")
    assert "escalated" not in await kinds()


def fill(row: Conversation, many: int, *, case: int = 1, text: str = "how long does it take") -> None:
    """More messages of the customer, as if they had been written."""
    seqs = range(row.last_seq + 1, row.last_seq + many + 1)
    said = {"kind": "message", "role": "visitor", "at": timezone.now(), "floor": row.floor, "case": case}
    Event.objects.bulk_create(
        Event(conversation=row, seq=seq, prev=seq - 1, body={"text": text}, **said) for seq in seqs
    )
    row.last_seq = seqs[-1]
    row.save(update_fields=["last_seq"])


def asked(site, text: str) -> turns._Task:
    """What the assistant has to answer once this is written."""
    done = post(site, text, f"m{Event.objects.count()}")
    lease = leases.take(turn_id=done.turn_id or Turn.objects.latest("pk").pk, now=timezone.now())
    assert lease is not None
    return turns._task_of(lease)


def redactor_of(task: turns._Task) -> Redactor:
    site = a_site(model="openai:fake", model_url="http://127.0.0.1:9")
    return async_to_sync(redacting.read)(task.transcript, site, Trace(time.monotonic))


@pytest.mark.parametrize(
    ("case", "many"), [(1, turns.LINES_READ + 5), (2, 3)], ids=["in_a_long_case", "in_an_earlier_case"]
)
def test_what_was_said_long_ago_is_known_and_numbered_as_it_was(site, case, many):
    first = post(site, "my name is bob, my mail is a@x.example", "m1")
    row = Conversation.objects.get(pk=first.conversation_id)
    fill(row, many)
    Event.objects.filter(conversation=row, seq__gt=1).update(case=case)
    Conversation.objects.update(case=case)
    Turn.objects.all().delete()
    said = "please tell bob when it ships, to b@x.example"
    task = asked(site, said)
    assert redactor_of(task).redact(said) == "please tell [NAME_1] when it ships, to [EMAIL_2]"
    assert len(task.transcript.lines) == min(turns.LINES_READ, many + 1)
    assert task.transcript.lines[-1].text == said


def test_a_short_conversation_is_read_once(site):
    done = post(site, "How long may I return something?", "m1")
    lease = leases.take(turn_id=done.turn_id, now=timezone.now())
    turns._task_of(lease)
    with CaptureQueriesContext(connection) as asked_for:
        turns._task_of(lease)
    assert sum("chat_event" in query["sql"] for query in asked_for) == 1


def test_of_a_conversation_without_end_the_latest_characters_are_read(site):
    done = post(site, "my name is bob", "m1")
    fill(Conversation.objects.get(pk=done.conversation_id), 50, text="x " * 1500)
    Turn.objects.all().delete()
    read = asked(site, "is it there?").transcript.latest(32_000)
    assert 20_000 < sum(len(line.text) for line in (*read.before, *read.lines)) <= 32_000
    assert not read.before
