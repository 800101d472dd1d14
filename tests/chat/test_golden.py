"""Golden questions: a draft that breaks one that blocks is not published, by whatever way, without a reason."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents import api_keys
from chat import golden
from chat.compare import Citation, Outcome
from chat.replay_rows import GoldenQuestion
from knowledge import indexing, publish, schedule, search
from knowledge.models import Article, Edition, Gap
from tests.conftest import logged_in
from tests.curators import POLES, STUCK, TENTS, ZIPS, pressed

pytestmark = pytest.mark.django_db
SLANG = "yo my canvas house went mouldy, wat do"


@pytest.fixture
def poles(site, tents) -> GoldenQuestion:
    """A question that the article has to answer, which blocks."""
    fields = {"question": POLES, "language": "en", "expected": tents, "words": "by hand", "blocks": True}
    return GoldenQuestion.objects.create(site=site, **fields)


def shown(article: Article) -> str:
    """What readers see."""
    article.refresh_from_db()
    return article.published.body if article.published else ""


# --- what a golden question asks for ----------------------------------------------------------------------------------


def cites(article: Article, text: str = "It can be straightened by hand.") -> Outcome:
    """An answer that cites an article."""
    return Outcome("answer", text, (Citation(article.public_id, 1, "", "", article.title, "", ""),))


def test_the_expected_article_has_to_be_cited_with_these_words(poles, tents, site):
    assert golden.fault(poles, cites(tents)) == ""
    assert "lacks “by hand”" in golden.fault(poles, cites(tents, "It can be straightened."))
    assert "does not cite" in golden.fault(poles, cites(Article.objects.get(slug="shipping")))
    assert "not answered" in golden.fault(poles, Outcome("unknown", "I do not know."))


def test_no_answer_can_be_what_is_right(site):
    row = GoldenQuestion(site=site, question="Who is the king of France?")
    assert golden.fault(row, Outcome("unknown", "I do not know.")) == ""
    assert "must not be" in golden.fault(row, Outcome("answer", "Louis.", ()))


# --- the gate ---------------------------------------------------------------------------------------------------------


def test_a_draft_that_breaks_one_is_not_published(poles, tents, now):
    publish.save_draft(article=tents, body=ZIPS)
    with pytest.raises(publish.Refused, match="Can a bent pole be straightened") as refused:
        publish.publish(article=tents, by=None, now=now)
    assert len(refused.value.faults) == 1
    assert shown(tents) == TENTS


def dislikes_slang(article: Article, *, title: str, body: str, questions: list[str]) -> list[str]:
    """A check against one question."""
    return ["Slang leads astray."] if SLANG in questions else []


def test_a_question_that_checks_stand_against_stays_in_the_draft(tents, desk, settings):
    settings.PUBLISH_CHECKS = (f"{__name__}.dislikes_slang",)
    html = desk.post("/admin/try/add/", {"article": tents.pk, "q": SLANG, "language": "en"}, follow=True).content
    assert "Slang leads astray." in html.decode()
    assert "It helps once you publish the article." in html.decode()
    tents.refresh_from_db()
    assert (tents.questions, tents.published.questions) == ([SLANG], [])
    settings.PUBLISH_CHECKS = ()
    desk.post("/admin/try/add/", {"article": tents.pk, "q": SLANG, "language": "en"})
    tents.refresh_from_db()
    assert tents.published.questions == [SLANG]


def test_a_gap_whose_questions_checks_stand_against_waits_for_its_article(tents, site, desk, settings):
    settings.PUBLISH_CHECKS = (f"{__name__}.dislikes_slang",)
    gap = Gap.objects.create(site=site, language="en", text=SLANG, people=1, asked_at=timezone.now())
    html = desk.post(f"/admin/knowledge/gap/{gap.pk}/give/", {"article": tents.pk}, follow=True).content.decode()
    assert "Slang leads astray." in html
    assert "The draft of “Tents” holds these questions." in html
    tents.refresh_from_db()
    gap.refresh_from_db()
    assert (tents.published.questions, gap.article, gap.state) == ([], tents, "drafted")


def test_a_reason_publishes_all_the_same_and_is_kept(poles, tents, now):
    publish.save_draft(article=tents, body=ZIPS)
    with pytest.raises(publish.Refused):
        publish.publish(article=tents, by=None, now=now, despite="  ")
    version = publish.publish(article=tents, by=None, now=now, despite="Poles are no longer sold.")
    assert version.despite == "Poles are no longer sold."
    assert shown(tents) == ZIPS


def test_a_reason_is_not_kept_where_nothing_stood_against_it(poles, tents, now):
    publish.save_draft(article=tents, body=TENTS + "\n\n## Zips\n\nA stuck zip is freed with candle wax.")
    assert publish.publish(article=tents, by=None, now=now, despite="Just so.").despite == ""


def test_one_that_fails_anyway_and_is_about_something_else_does_not_block(poles, site, tents, now):
    shipping = Article.objects.get(slug="shipping")
    GoldenQuestion.objects.update(expected=shipping)
    publish.save_draft(article=tents, title="Tents and poles")
    publish.publish(article=tents, by=None, now=now)


def test_one_that_does_not_block_lets_pass(poles, tents, now):
    GoldenQuestion.objects.update(blocks=False)
    publish.save_draft(article=tents, body=ZIPS)
    publish.publish(article=tents, by=None, now=now)
    assert shown(tents) == ZIPS


def test_what_must_not_be_answered_blocks_what_answers_it(site, tents, now):
    GoldenQuestion.objects.create(site=site, question=STUCK, language="en", blocks=True)
    publish.save_draft(article=tents, body=ZIPS)
    with pytest.raises(publish.Refused):
        publish.publish(article=tents, by=None, now=now)


def test_others_golden_questions_do_not_matter(poles, other_site, tents, now):
    GoldenQuestion.objects.update(site=other_site)
    publish.save_draft(article=tents, body=ZIPS)
    publish.publish(article=tents, by=None, now=now)


@pytest.fixture
def model_away(poles, tents, settings):
    """The owner's embeddings, which the index is read by, do not answer."""
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": "tests.knowledge.nowhere.Nothing"})
    Edition.objects.update(embeddings=settings.TANDEM.embeddings)


def test_what_cannot_be_checked_is_refused_with_words_and_published_with_a_reason(model_away, tents, desk):
    html = pressed(desk, tents, body=ZIPS, _replay="", _publish="1").content.decode()
    assert "Golden questions cannot be asked now" in html
    assert "Publish all the same" in html
    assert shown(tents) == TENTS
    pressed(desk, tents, body=ZIPS, _replay="", _publish="1", despite="It cannot wait.")
    assert shown(tents) == ZIPS
    assert tents.published.despite == "It cannot wait."


def test_what_was_planned_waits_until_it_can_be_checked(model_away, tents, now):
    publish.save_draft(article=tents, body=TENTS + "\n\nMore.", publish_at=now - timedelta(minutes=1))
    assert schedule.publish_due(now=now) == 0
    assert shown(tents) == TENTS
    assert (tents.publish_at, tents.held_back_because) == (now - timedelta(minutes=1), "")
    Edition.objects.update(embeddings="")
    assert schedule.publish_due(now=now) == 1
    assert shown(tents).endswith("More.")
    assert tents.publish_at is None


def test_no_search_is_made_twice(poles, site, tents, now, monkeypatch):
    searches, real = list[tuple[str, bool]](), search.find
    GoldenQuestion.objects.create(site=site, question="How is a pole straightened?", language="en", blocks=True)

    def find(**asked):
        searches.append((asked["question"], asked["instead"] is None))
        return real(**asked)

    monkeypatch.setattr(search, "find", find)
    shipping = Article.objects.get(slug="shipping")
    publish.save_draft(article=shipping, body="A bent pole is straightened by our service.")
    publish.publish(article=shipping, by=None, now=now)
    assert len(searches) == len(set(searches)) >= 2


# --- every way to publish ---------------------------------------------------------------------------------------------


def test_a_planned_draft_is_held_back_and_the_page_says_why(poles, tents, desk, now):
    publish.save_draft(article=tents, body=ZIPS, publish_at=now - timedelta(minutes=1))
    assert schedule.publish_due(now=now) == 0
    assert shown(tents) == TENTS
    assert tents.publish_at is None
    html = desk.get(f"/admin/knowledge/article/{tents.pk}/change/").content.decode()
    assert "was to be published at a set time" in html
    assert POLES in html
    publish.publish(article=tents, by=None, now=now, despite="So be it.")
    tents.refresh_from_db()
    assert tents.held_back_because == ""


def test_many_at_once_leave_it_out_and_name_it(poles, tents, desk):
    publish.save_draft(article=tents, body=ZIPS)
    action = {"action": "publish_chosen", "_selected_action": [tents.pk]}
    html = desk.post("/admin/knowledge/article/", action, follow=True).content.decode()
    assert "golden questions stand against it" in html
    assert shown(tents) == TENTS


def test_undo_is_refused_before_the_draft_is_touched(poles, tents, now):
    publish.save_draft(article=tents, body=ZIPS)
    first = publish.publish(article=tents, by=None, now=now, despite="First.").number
    indexing.index_version(tents.published_id, now=now)
    publish.save_draft(article=tents, body=TENTS)
    indexing.index_version(publish.publish(article=tents, by=None, now=now).pk, now=now)
    revision = tents.revision
    with pytest.raises(publish.Refused):
        publish.undo(article=tents, to_number=first, by=None, now=now)
    tents.refresh_from_db()
    assert (tents.body, tents.revision) == (TENTS, revision)
    assert publish.undo(article=tents, to_number=first, by=None, now=now, despite="Back.").despite == "Back."
    assert shown(tents) == ZIPS


def test_over_rest_it_is_a_conflict_that_says_why(poles, tents, site, now):
    _key, secret = api_keys.make(site=site, name="cms", scopes=["articles:write"], now=now)
    publish.save_draft(article=tents, body=ZIPS)
    address = f"/api/v1/articles/{tents.public_id}/publish/"
    headers = {"authorization": f"Bearer {secret}"}
    answer = Client().post(address, {}, content_type="application/json", headers=headers)
    assert answer.status_code == 409
    assert POLES in answer.json()["golden_questions"][0]
    assert shown(tents) == TENTS
    body = {"despite": "Decided on Monday."}
    assert Client().post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert shown(tents) == ZIPS


def test_on_the_articles_page_a_curator_gives_a_reason(poles, tents, desk):
    answer = pressed(desk, tents, body=ZIPS, _replay="", _publish="1")
    html = answer.content.decode()
    assert "golden questions stand against it" in html
    assert "Publish all the same" in html
    tents.refresh_from_db()
    assert (tents.body, shown(tents)) == (ZIPS, TENTS)
    html = pressed(desk, tents, body=ZIPS, _replay="", _publish="1", despite="Poles are gone.").content.decode()
    assert shown(tents) == ZIPS
    assert "Reason: Poles are gone." in html


# --- the rows ---------------------------------------------------------------------------------------------------------


def test_a_curator_writes_one_and_only_of_their_site(desk, site, other_site, tents):
    form = {"site": site.pk, "question": STUCK, "language": "en", "expected": tents.pk, "region": "uk", "words": ""}
    assert desk.post("/admin/chat/goldenquestion/add/", form).status_code == 302
    assert GoldenQuestion.objects.get().region == "UK"
    assert desk.post("/admin/chat/goldenquestion/add/", form | {"site": other_site.pk}).status_code == 200
    assert desk.post("/admin/chat/goldenquestion/add/", form | {"expected": "", "words": "x"}).status_code == 200
    assert GoldenQuestion.objects.count() == 1


def test_as_many_block_as_can_be_asked_while_somebody_waits(desk, site, tents, monkeypatch):
    monkeypatch.setattr(golden, "MOST", 1)
    form = {"site": site.pk, "question": STUCK, "language": "en", "expected": tents.pk, "words": "", "blocks": "1"}
    assert desk.post("/admin/chat/goldenquestion/add/", form).status_code == 302
    answer = desk.post("/admin/chat/goldenquestion/add/", form | {"question": POLES})
    assert "block publishing already" in answer.content.decode()
    page = f"/admin/chat/goldenquestion/{GoldenQuestion.objects.get().pk}/change/"
    assert desk.post(page, form | {"words": "candle"}).status_code == 302
    assert desk.post("/admin/chat/goldenquestion/add/", form | {"question": POLES, "blocks": ""}).status_code == 302


def test_an_agent_does_not_see_them(agent, poles):
    client = logged_in(agent)
    assert client.get("/admin/chat/goldenquestion/").status_code == 403
