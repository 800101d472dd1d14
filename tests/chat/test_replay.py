"""Before publishing: past and golden questions are asked again, and a curator sees what a draft would change."""

import itertools
from dataclasses import asdict
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from agents import presence
from chat import golden, lifecycle, past, replay, trial
from chat.assistant.steps import Answer
from chat.inquiry_rows import Inquiry
from chat.models import Conversation, Event, Turn
from chat.replay_rows import Change, GoldenQuestion, Replay, ReplayLine, ReplayOf, ReplayState, Why
from knowledge import answered, clusters, editions, gaps, index, indexing, publish, rebuilding, slugs, staged
from knowledge.models import Article, AskedKind, Gap, GapState, Section, Vector, Version
from supportsite.sites.models import Member
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.curators import POLES, STUCK, TENTS, ZIPS, pressed

pytestmark = pytest.mark.django_db
_names = itertools.count()


def ask(site, text: str, *, asks: bool = False) -> int:
    """A customer asks and is answered; the conversation."""
    now = timezone.now()
    done = lifecycle.post_message(site=site, visitor_id=f"{next(_names):032x}", client_id="a", text=text, now=now)
    turn = Turn.objects.get(pk=done.turn_id)
    Turn.objects.filter(pk=turn.pk).update(state="running", attempt=1)
    last = async_to_sync(trial.steps)(trial.transcript(text, site), site)[-1]
    assert isinstance(last, Answer)
    sources = [asdict(source) for source in last.sources]
    told = {"text": last.text, "sources": sources, "answered": last.answered, "trace": {}, "asks": asks}
    assert lifecycle.finish_turn(turn_id=turn.pk, attempt=1, now=now, **told)
    return turn.conversation_id


def replayed(article: Article, of=ReplayOf.DRAFT, **changes) -> Replay:
    """A replay of the article with these changes in its draft."""
    if changes:
        publish.save_draft(article=article, **changes)
    row = replay.begin(article=article, of=of, by=None, now=timezone.now())
    replay.run(row.pk)
    row.refresh_from_db()
    assert row.state == ReplayState.DONE
    return row


def changes(row: Replay) -> dict[str, str]:
    """What becomes of each question."""
    return dict(ReplayLine.objects.filter(replay=row).values_list("question", "change"))


def test_it_tells_what_is_lost_and_what_is_answered_now(site, tents):
    ask(site, POLES)
    ask(site, STUCK)
    row = replayed(tents, body=ZIPS)
    assert changes(row) == {POLES: Change.LOST, STUCK: Change.ANSWERED}
    assert ReplayLine.objects.get(question=POLES).why == Why.CITED


def test_another_text_and_another_section_are_told_apart(site, tents):
    ask(site, POLES)
    row = replayed(tents, body=TENTS.replace("by hand", "by hand, slowly"))
    assert changes(row) == {POLES: Change.CHANGED}
    row = replayed(tents, body=TENTS.replace("## Poles", "## Repairs"))
    assert changes(row) == {POLES: Change.MOVED}


def test_nothing_changes_where_the_draft_is_what_readers_see(site, tents):
    ask(site, POLES)
    assert changes(replayed(tents)) == {POLES: Change.SAME}


def test_withdrawing_can_be_tried(site, tents):
    ask(site, POLES)
    assert changes(replayed(tents, of=ReplayOf.WITHDRAWAL)) == {POLES: Change.LOST}
    tents.refresh_from_db()
    assert tents.published is not None


def test_nothing_is_published_and_no_customer_sees_anything(site, tents):
    ask(site, POLES)
    before = [model.objects.count() for model in (Version, Section, Vector, Event, Turn)]
    replayed(tents, body=ZIPS)
    assert [model.objects.count() for model in (Version, Section, Vector, Event, Turn)] == before


def test_personal_data_is_not_kept(site, tents):
    ask(site, f"{POLES} Write to ann@example.com or +44 20 7946 0958.")
    replayed(tents, body=ZIPS)
    line = ReplayLine.objects.get()
    assert "ann@example.com" not in line.question
    assert "7946" not in line.question
    assert "[EMAIL_1]" in line.question


def test_the_same_question_is_asked_once_and_counted(site, tents):
    for text in (POLES, POLES.lower(), POLES.rstrip("?")):
        ask(site, text)
    replayed(tents, body=ZIPS)
    assert ReplayLine.objects.get().times == 3


def test_a_question_that_a_colleague_answered_counts_once(site, tents, agent):
    site.ask_people = True
    site.save()
    presence.arrive(members=[agent], now=timezone.now())
    ask(site, STUCK, asks=True)
    told = {"asked": Inquiry.objects.get().seq, "text": "Rub some wax on it.", "client_id": "a", "now": timezone.now()}
    done = lifecycle.reply(member=agent, conversation=Conversation.objects.get().public_id, **told)
    Turn.objects.filter(pk=done.turn_id).update(state="running", attempt=1)
    held = {"turn_id": done.turn_id, "attempt": 1, "now": timezone.now(), "trace": {}}
    assert lifecycle.finish_turn(**held, text=told["text"], sources=[], answered="person")
    replayed(tents, body=ZIPS)
    assert ReplayLine.objects.get(question=STUCK).times == 1


def test_others_questions_are_not_read(site, other_site, tents):
    ask(other_site, POLES)
    assert changes(replayed(tents, body=ZIPS)) == {}


def test_a_killed_replay_goes_on_where_it_was(site, tents, monkeypatch):
    ask(site, POLES)
    ask(site, STUCK)
    publish.save_draft(article=tents, body=ZIPS)
    row = replay.begin(article=tents, of=ReplayOf.DRAFT, by=None, now=timezone.now())
    asked = []

    def killed(row, line, instead, ask=replay._ask):
        asked.append(line.question)
        if len(asked) == 2:
            raise SystemExit
        ask(row, line, instead)

    monkeypatch.setattr(replay, "_ask", killed)
    with pytest.raises(SystemExit):
        replay.run(row.pk)
    assert replay.due(timezone.now()) == []
    assert replay.due(timezone.now() + replay.LASTS) == [row.pk]
    Replay.objects.update(leased_until=timezone.now() - replay.LASTS)
    replay.run(row.pk)
    row.refresh_from_db()
    assert row.state == ReplayState.DONE
    assert asked == [asked[0], asked[1], asked[1]]
    assert ReplayLine.objects.filter(change="").count() == 0


def taken_over(row: Replay) -> None:
    """Its lease runs out, and another process takes it and asks all of it."""
    Replay.objects.filter(pk=row.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    replay.run(row.pk)


@pytest.mark.parametrize("where", ["_past", "_ask"])
def test_one_that_another_process_took_over_is_left_to_it(site, tents, monkeypatch, where):
    ask(site, POLES)
    ask(site, STUCK)
    publish.save_draft(article=tents, body=ZIPS)
    row = replay.begin(article=tents, of=ReplayOf.DRAFT, by=None, now=timezone.now())
    real, called = getattr(replay, where), list[object]()

    def slow(*given):
        called.append(given)
        if len(called) == 1:
            taken_over(row)
            Replay.objects.filter(pk=row.pk).update(state=ReplayState.RUNNING, ended_at=None)
        return real(*given)

    monkeypatch.setattr(replay, where, slow)
    replay.run(row.pk)
    row.refresh_from_db()
    assert row.state == ReplayState.RUNNING, "the other one has not ended yet"
    lines = ReplayLine.objects.filter(replay=row)
    assert sorted(lines.values_list("question", flat=True)) == sorted([POLES, STUCK])
    assert not lines.filter(change="").exists()


def test_while_its_questions_are_gathered_it_stays_with_who_gathers_them(site, tents, monkeypatch):
    ask(site, POLES)
    for question in (STUCK, POLES):
        GoldenQuestion.objects.create(site=site, question=question)
    publish.save_draft(article=tents, body=ZIPS)
    row = replay.begin(article=tents, of=ReplayOf.DRAFT, by=None, now=timezone.now())
    seen = []

    def takes_long(module, name):
        real = getattr(module, name)

        def slow(*given, **options):
            seen.append((name, replay.due(timezone.now() + replay.LASTS / 2)))
            made = real(*given, **options)
            Replay.objects.filter(pk=row.pk).update(leased_until=timezone.now())
            return made

        monkeypatch.setattr(module, name, slow)

    takes_long(staged, "named")
    takes_long(golden, "_finds")
    takes_long(past, "cited")
    takes_long(past, "near")
    replay.run(row.pk)
    assert seen == [(name, []) for name in ("named", "named", "_finds", "_finds", "cited", "near")]


def test_questions_near_the_text_are_asked_whatever_embeddings_read_it(site, tents, settings, tmp_path, now):
    ask(site, STUCK)
    settings.VAR = tmp_path
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": "tests.knowledge.letters.Letters"})
    assert index.own()
    edition = rebuilding.start(site, now=now)
    assert edition != editions.live(site.pk)
    while not rebuilding.step(edition, now=now, seconds=5):
        pass
    replayed(tents, body=ZIPS)
    index.disown()
    assert ReplayLine.objects.get().why == Why.NEAR


def test_with_the_conversation_goes_what_was_asked_in_it(site, tents):
    ask(site, POLES)
    replayed(tents, body=ZIPS)
    ReplayLine.objects.get().conversation.delete()
    assert not ReplayLine.objects.exists()


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_button_saves_the_draft_and_shows_both_answers(site, tents, desk):
    ask(site, POLES)
    answer = pressed(desk, tents, body=ZIPS)
    row = Replay.objects.get()
    assert answer.redirect_chain[-1][0] == f"/admin/try/replays/{row.pk}/"
    tents.refresh_from_db()
    assert tents.body == ZIPS
    assert tents.published.body == TENTS
    replay.run(row.pk)
    html = desk.get(f"/admin/try/replays/{row.pk}/").content.decode()
    assert "no longer answered" in html
    assert "straightened by hand" in html
    assert "it does not know" in html


def test_a_draft_that_changed_since_is_told(site, tents, desk):
    row = replayed(tents, body=ZIPS)
    page = f"/admin/try/replays/{row.pk}/"
    assert "draft has changed since" not in desk.get(page).content.decode()
    publish.save_draft(article=tents, body=ZIPS + "\n\nMore.")
    assert "draft has changed since" in desk.get(page).content.decode()


def test_it_stays_in_the_articles_history_for_a_time(site, tents, desk, now):
    row = replayed(tents, body=ZIPS)
    publish.publish(article=tents, by=None, now=now)
    assert f"/admin/try/replays/{row.pk}/" in desk.get(f"/admin/try/replays/of/{tents.pk}/").content.decode()
    assert "how it was before" in desk.get(f"/admin/try/replays/{row.pk}/").content.decode()
    replay.clear(timezone.now() + replay.KEPT)
    assert not Replay.objects.exists()


def test_only_who_may_read_conversations_gets_to_them(site, tents, desk):
    conversation = ask(site, POLES)
    row = replayed(tents, body=ZIPS)
    link = f"/admin/chat/conversation/{conversation}/change/"
    assert link not in desk.get(f"/admin/try/replays/{row.pk}/").content.decode()
    manager = logged_in(make_member(site, "Mona", Role.MANAGER))
    assert link in manager.get(f"/admin/try/replays/{row.pk}/").content.decode()


def test_who_has_roles_on_two_sites_gets_to_them_too(site, other_site, tents):
    conversation = ask(site, POLES)
    row = replayed(tents, body=ZIPS)
    mona = make_member(site, "Mona", Role.MANAGER)
    Member.objects.create(site=other_site, user=mona.user, role=Role.MANAGER, name="Mona")
    page = logged_in(mona).get(f"/admin/try/replays/{row.pk}/")
    assert f"/admin/chat/conversation/{conversation}/change/" in page.content.decode()


def test_nobody_but_the_sites_curators_sees_or_begins_one(site, other_site, tents, agent):
    row = replayed(tents, body=ZIPS)
    eve = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    for client in (eve, logged_in(agent)):
        assert client.get(f"/admin/try/replays/{row.pk}/").status_code == 404
        assert client.get(f"/admin/try/replays/of/{tents.pk}/").status_code == 404
        assert client.get(f"/admin/try/replays/{row.pk}/progress/").status_code == 404
        assert client.post(f"/admin/try/replays/of/{tents.pk}/draft/").status_code == 404
    assert Client().get(f"/admin/try/replays/{row.pk}/").status_code == 302


def test_hostile_questions_are_shown_as_text(site, tents, desk):
    ask(site, f"{POLES} <script>alert(1)</script>")
    row = replayed(tents, body=ZIPS)
    html = desk.get(f"/admin/try/replays/{row.pk}/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def translated_and_renamed(site, article, now) -> None:
    """The article gets a German variant, and both another address."""
    told = {"site": site, "collection": article.collection, "slug": article.slug}
    german = publish.create_article(**told, language="de", title="Zelte", body="Trocknen Sie das Zelt.")
    indexing.index_version(publish.publish(article=german, by=None, now=now).pk, now=now)
    slugs.rename(article=article, slug="tent-care")
    article.refresh_from_db()


def test_what_cited_it_under_its_former_address_is_asked_again(site, tents, now):
    ask(site, POLES)
    translated_and_renamed(site, tents, now)
    assert [one.question for one in past.cited(tents, timezone.now())] == [POLES]


def test_a_disputed_answer_of_a_renamed_article_is_not_closed_by_a_new_question(site, tents, now):
    cited = [{"n": 1, "url": f"/help/{site.key}/en/{tents.slug}/?v=1#poles"}]
    told = {"language": "en", "asker": "a", "ref": "r", "kind": AskedKind.DISPUTED, "cited": cited}
    gaps.record(site=site, question=POLES, **told, now=now + timedelta(minutes=1))
    clusters.place_waiting()
    translated_and_renamed(site, tents, now)
    later = now + timedelta(hours=1)
    version = publish.add_question(article=tents, question="pole bent what now", by=None, now=later)
    indexing.index_version(version.pk, now=later)
    answered.close_answered(now=later + timedelta(minutes=1), seconds=5)
    assert Gap.objects.get().state == GapState.OPEN
