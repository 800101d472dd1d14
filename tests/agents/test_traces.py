"""A trace in words that a manager reads, and as a file from which nothing personal leaks."""

import json

import pytest
from django.utils import translation

from agents import telling, traces
from chat.models import Event, EventRole, Kind, Turn
from supportsite.sites.rights import Role
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
# Everything here is somebody's: none of it may stand in a file for who may not read what left the machine.
MAIL, PHONE, CARD = "jo.field@mail.example", "+44 20 7946 0958", "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"
ORDER, NAME, STREET = "NP123456789", "Josephine Fieldhouse", "12 Rosemary Lane, Leeds LS1 4AB"
PERSONAL = (MAIL, PHONE, CARD, IBAN, ORDER, "Josephine", "Fieldhouse", "Rosemary Lane", "eve@left.example")
SAID = (
    f"My name is {NAME}, mail {MAIL}, call {PHONE}. I paid with {CARD}, IBAN {IBAN}. Order {ORDER}. I live at {STREET}."
)


@pytest.fixture
def talk(cast):
    """A conversation in which a customer told everything, and an answer that repeats it."""
    cast.site.order_numbers = ["NP#########"]
    cast.site.save()
    conversation = cast.says("v", SAID)
    conversation.visitor.email = "eve@left.example"
    conversation.visitor.save()
    steps = [
        {"step": "language", "decision": "en", "evidence": {"before": "en"}, "ms": 0.1},
        {
            "step": "intent",
            "decision": "Orders",
            "evidence": {"by": "rule", "rule": 3, "words": ["fieldhouse", ORDER.lower()], "chain": "articles"},
            "ms": 0.2,
        },
        {
            "step": "retrieve",
            "decision": "en, de/minilm",
            "evidence": {"probability": 0.9, "sections": [{"title": "Returns", "section": "Time"}]},
            "ms": 3.0,
        },
        {
            "step": "write",
            "decision": "answered",
            "evidence": {
                "detail": f"said {MAIL}, left eve@left.example, {STREET}",
                "sentences": [
                    {"text": f"Dear {NAME}, you have 45 days.", "passed": True, "section": 1, "why": ""},
                    {"text": f"We call {PHONE}.", "passed": False, "section": 0, "why": "name fieldhouse"},
                ],
            },
            "ms": 20.0,
        },
    ]
    Turn.objects.all().delete()
    turn = Turn.objects.create(
        conversation=conversation,
        state="done",
        floor=0,
        from_seq=1,
        upto_seq=1,
        made_at=conversation.made_at,
        trace={"steps": steps, "ms": 23.3},
        tier="light",
        tokens_in=100,
        tokens_out=20,
        cost=1_200_000,
    )
    Event.objects.create(
        conversation=conversation,
        seq=conversation.last_seq + 1,
        prev=conversation.last_seq,
        kind=Kind.MESSAGE,
        role=EventRole.ASSISTANT,
        author_name="Tandem",
        at=conversation.made_at,
        floor=0,
        case=1,
        body={
            "text": f"Dear {NAME}, your order {ORDER} can be returned. [1]",
            "turn": turn.public_id,
            "answered": "answer",
            "sources": [{"n": 1, "title": "Returns", "url": "https://shop.example/help/returns", "quote": "45 days"}],
        },
    )
    call = {"seq": 1, "provider": "openai", "model": "gpt-x", "opened_at": conversation.made_at, "digest": "abc123"}
    saw = {"question": "My name is [NAME_1]", "earlier": [["person", f"Hello {NAME}"]]}
    conversation.outbound.create(**call, redactions={"EMAIL": 1}, saw=saw)
    conversation.outbound.create(**call, redactions={}, saw={**saw, "purpose": "translation"})
    return conversation


@pytest.fixture
def file(client, talk):
    """What somebody downloads."""

    def get(user, **query):
        client.force_login(user)
        return client.get(f"/console/trace/{talk.public_id}/", query)

    return get


def test_an_agents_file_tells_each_step_and_holds_nothing_personal(file, cast):
    answer = file(cast.agent.user)
    text = answer.content.decode()
    told = json.loads(text)
    assert [value for value in PERSONAL if value.lower() in text.lower()] == []
    assert told["redacted"] is True
    turn = told["turns"][0]
    assert [step["step"] for step in turn["steps"]] == ["language", "intent", "retrieve", "write"]
    assert turn["steps"][2]["evidence"]["sections"] == [{"title": "Returns", "section": "Time"}]
    assert turn["steps"][3]["evidence"]["sentences"][1]["why"] == "name"
    assert (turn["ms"], turn["tokens"], turn["cost"]) == (23.3, [100, 20], "0.001200")
    assert turn["question"][0]["text"].startswith("My name is [NAME_1], mail [EMAIL_1]")
    assert turn["answer"]["text"].endswith("can be returned. [1]")
    assert "what_the_model_saw" not in turn


def test_it_is_a_file_that_no_cache_keeps(file, cast, talk):
    answer = file(cast.agent.user)
    assert answer["Content-Disposition"] == f'attachment; filename="trace-{talk.public_id}.json"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_who_may_read_what_left_the_machine_gets_what_the_model_saw_still_without_personal_data(file, cast, role):
    text = file(make_member(cast.site, "Mara", role).user).content.decode()
    (saw,) = json.loads(text)["turns"][0]["what_the_model_saw"]
    assert (saw["provider"], saw["question"]) == ("openai", "My name is [NAME_1]")
    assert saw["sha256_of_what_was_sent"] == "abc123"
    assert [value for value in PERSONAL if value.lower() in text.lower()] == []


def test_as_it_was_written_is_for_them_alone(file, cast):
    told = json.loads(file(make_member(cast.site, "Mara", Role.MANAGER).user, words="as-written").content)
    assert told["redacted"] is False
    assert told["turns"][0]["question"][0]["text"] == SAID
    assert file(cast.agent.user, words="as-written").status_code == 404


def test_the_rule_does_not_hang_on_the_page_alone(talk):
    turns, _left_out = traces.turns_of(talk)
    with pytest.raises(PermissionError):
        traces.export(talk, turns, outbound=False, as_written=True)


def test_one_turn_alone(file, cast, talk):
    first = Turn.objects.get()
    Turn.objects.create(
        conversation=talk, state="done", floor=0, from_seq=9, upto_seq=9, made_at=talk.made_at, trace={"steps": []}
    )
    assert len(json.loads(file(cast.agent.user).content)["turns"]) == 2
    one = json.loads(file(cast.agent.user, turn=first.public_id).content)["turns"]
    assert [turn["turn"] for turn in one] == [first.public_id]
    assert file(cast.agent.user, turn="nonsense").status_code == 404


def test_of_a_long_conversation_the_newest_turns_are_there_and_the_rest_is_counted(file, cast, talk, monkeypatch):
    monkeypatch.setattr(traces, "MOST_TURNS", 1)
    last = Turn.objects.create(
        conversation=talk, state="done", floor=0, from_seq=9, upto_seq=9, made_at=talk.made_at, trace={"steps": []}
    )
    told = json.loads(file(cast.agent.user).content)
    assert told["turns_left_out"] == 1
    assert [turn["turn"] for turn in told["turns"]] == [last.public_id]


@pytest.mark.parametrize("who", ["stranger", "curator", "outsider"])
def test_a_trace_of_anothers_conversation_is_not_there(file, cast, who):
    user = cast.outsider if who == "outsider" else getattr(cast, who).user
    assert file(user).status_code == 404


def test_a_teams_trace_is_its_members_only(file, cast, talk):
    talk.team = cast.team(cast.agent)
    talk.save()
    assert file(cast.agent.user).status_code == 200
    assert file(cast.another_agent.user).status_code == 404


def test_the_pane_links_what_its_reader_may_have(client, cast, talk):
    path = f"/console/side/{talk.public_id}/"
    client.force_login(cast.agent.user)
    text = client.get(path).content.decode()
    assert f"/console/trace/{talk.public_id}/?turn={Turn.objects.get().public_id}" in text
    assert "as-written" not in text
    client.force_login(make_member(cast.site, "Mara", Role.MANAGER).user)
    assert "?words=as-written" in client.get(path).content.decode()


def test_a_step_reads_as_words(talk):
    steps = [telling.step(step) for step in Turn.objects.get().trace["steps"]]
    assert [(step.name, step.decision) for step in steps] == [
        ("Language", "English"),
        ("Intent", "Orders"),
        ("Search", "articles in English, German"),
        ("Writing", "written and checked"),
    ]
    assert [(evidence.name, evidence.lines) for evidence in steps[1].evidence][-1] == (
        "what is done",
        ("answered from the articles",),
    )
    assert [evidence.name for evidence in steps[2].evidence] == ["likely to answer", "sections"]
    assert steps[3].evidence[0].lines[1] == f"“We call {PHONE}.” · cut: name fieldhouse"


def test_a_step_reads_in_german_and_one_that_is_new_stands_for_itself():
    with translation.override("de"):
        assert telling.step({"step": "language", "decision": "fr", "evidence": {}}).decision == "Französisch"
    new = telling.step({"step": "guess", "decision": "well_said", "evidence": {"odd": [1, {"a": 2}]}, "ms": 1})
    assert (new.name, new.decision, new.evidence) == ("guess", "well said", ())


@pytest.mark.parametrize("odd", [None, [], {}, "x", [1, 2, 3], [{"title": None}], 5, True, 1e9])
@pytest.mark.parametrize("key", ["probability", "sections", "sentences", "tokens", "likely", "counts", "sure", "why"])
def test_no_odd_evidence_breaks_the_page(key, odd):
    telling.step({"step": "write", "decision": "answered", "evidence": {key: odd}})
