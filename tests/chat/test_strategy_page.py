"""The pages "Compare strategies": who sees them, what they show, and how a strategy is used and taken back."""

import pytest
from django.utils import timezone

from chat import comparing
from chat.comparison_rows import ComparedOn, Comparison, StrategyChange
from chat.intent_rows import Intent, KeywordRule
from supportsite.sites.models import Member
from supportsite.sites.rights import Role
from tests.chat.test_comparing import ORDER, ask, compared, served
from tests.chat.test_intents import EXAMPLES
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
__all__ = ["served"]  # a fixture
HERE = "/admin/try/strategies/"


@pytest.fixture
def taught(site):
    """A site with intents and a rule."""
    for name, (kind, examples) in EXAMPLES.items():
        Intent.objects.create(site=site, name=name, kind=kind, examples=examples)
    KeywordRule.objects.create(site=site, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    return site


@pytest.fixture
def manager(site):
    """A manager's browser."""
    return logged_in(make_member(site, "Mara", Role.MANAGER))


def html(client, path=HERE, **query) -> str:
    """A page's text."""
    answer = client.get(path, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_without_examples_and_conversations_it_says_what_to_do(site, manager):
    assert "There are no examples yet. Write two intents or more" in html(manager)
    assert "No customer has written yet." in html(manager, on="questions")
    manager.post(f"{HERE}begin/", {"site": site.pk, "on": "examples"})
    assert not Comparison.objects.exists()


def test_a_manager_compares_and_reads_the_figures(taught, manager):
    assert "Compare strategies" in html(manager, "/admin/chat/intent/")
    manager.post(f"{HERE}begin/", {"site": taught.pk, "on": "examples"})
    row = Comparison.objects.get()
    assert "data-open" in html(manager)
    comparing.run(row.pk)
    page = html(manager)
    assert "On 22 examples that were held out" in page
    assert "it has never seen what it is asked" in page
    assert "1 of 17, likely" in page
    assert "belongs to: order" in page
    assert "no prices are set" in page
    assert "data-open" not in page
    assert "data-open" not in html(manager, f"{HERE}{row.pk}/progress/")


def test_questions_are_shown_redacted_with_what_each_strategy_would_do(taught, manager, now):
    ask(taught, "Are you robots? I am eve@example.org", 1)
    row = compared(taught, ComparedOn.QUESTIONS, now)
    page = html(manager, on="questions")
    assert "Are you robots?" in page
    assert "eve@" not in page
    assert "a friendly word" in page
    assert "Nothing trained was in use" in page
    assert f"/admin/chat/conversation/{row.questions.get().conversation_id}/change/" in page


def test_who_has_roles_on_two_sites_reads_the_questions_too(taught, other_site, manager, now):
    ask(taught, "Are you robots?", 1)
    row = compared(taught, ComparedOn.QUESTIONS, now)
    mara = Member.objects.get(name="Mara")
    Member.objects.create(site=other_site, user=mara.user, role=Role.OWNER, name="Mara")
    page = html(manager, site=taught.pk, on="questions")
    assert f"/admin/chat/conversation/{row.questions.get().conversation_id}/change/" in page


def test_one_at_work_can_be_stopped_and_says_so(taught, manager):
    manager.post(f"{HERE}begin/", {"site": taught.pk, "on": "examples"})
    row = Comparison.objects.get()
    manager.post(f"{HERE}{row.pk}/stop/")
    page = html(manager)
    assert "stopped" in page
    assert "Compare again" in page


def test_a_failed_one_says_why(site, manager, now):
    Intent.objects.create(site=site, name="only", examples=["one", "two", "three", "four"])
    compared(site, ComparedOn.EXAMPLES, now)
    assert "too few examples to leave some out" in html(manager)


def test_a_strategy_is_used_after_being_asked_and_taken_back(taught, manager, now):
    compared(taught, ComparedOn.EXAMPLES, now)
    assert "Use this strategy: keyword rules" in html(manager)
    sure = html(manager, f"{HERE}confirm/", site=taught.pk, strategy="dynamic")
    assert "Nothing trained is in use" in sure
    assert "What is none of your business is told so where no article answers, and at once" in sure
    sent = {"site": taught.pk, "strategy": "static", "seen": "task"}
    assert "From now on the strategy is" in manager.post(f"{HERE}use/", sent, follow=True).content.decode()
    taught.refresh_from_db()
    assert taught.routing == "static"
    assert StrategyChange.objects.get().made_by.username == "mara"
    assert "Undo: back to “by task”" in html(manager)
    manager.post(f"{HERE}undo/", {"site": taught.pk})
    taught.refresh_from_db()
    assert taught.routing == "task"
    assert "Undo" not in html(manager)


def test_who_saw_another_strategy_overwrites_nothing(taught, manager):
    sent = {"site": taught.pk, "strategy": "static", "seen": "dynamic"}
    told = manager.post(f"{HERE}use/", sent, follow=True).content.decode()
    assert "Somebody has changed the strategy meanwhile" in told
    taught.refresh_from_db()
    assert taught.routing == "task"


def test_looking_at_it_changes_nothing(taught, manager):
    assert manager.get(f"{HERE}use/", {"site": taught.pk, "strategy": "static", "seen": "task"}).status_code == 405
    assert manager.get(f"{HERE}begin/", {"site": taught.pk}).status_code == 405
    assert manager.get(f"{HERE}undo/", {"site": taught.pk}).status_code == 405


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR])
def test_who_may_not_route_sees_nothing_and_changes_nothing(taught, role, now):
    row = compared(taught, ComparedOn.EXAMPLES, now)
    client = logged_in(make_member(taught, "Nora", role))
    for path in (HERE, f"{HERE}confirm/?strategy=static", f"{HERE}{row.pk}/progress/"):
        assert client.get(path).status_code in (403, 404)
    for path in ("begin/", "use/", "undo/", f"{row.pk}/stop/"):
        sent = {"site": taught.pk, "on": "questions", "strategy": "static", "seen": "task"}
        assert client.post(HERE + path, sent).status_code in (403, 404)
    taught.refresh_from_db()
    assert taught.routing == "task"


def test_of_another_site_nothing_is_seen_begun_or_changed(taught, other_site, now):
    row = compared(taught, ComparedOn.EXAMPLES, now)
    stranger = logged_in(make_member(other_site, "Otto", Role.OWNER))
    assert stranger.get(HERE, {"site": taught.pk}).status_code == 404
    assert stranger.get(HERE, {"of": row.pk}).status_code == 404
    assert stranger.get(f"{HERE}{row.pk}/progress/").status_code == 404
    sent = {"site": taught.pk, "on": "examples", "strategy": "static", "seen": "task"}
    for path in ("begin/", "use/", "undo/", f"{row.pk}/stop/"):
        assert stranger.post(HERE + path, sent).status_code == 404
    taught.refresh_from_db()
    assert taught.routing == "task"
    assert Comparison.objects.count() == 1


def test_who_has_several_sites_chooses_one(taught, other_site, manager):
    mara = Member.objects.get(name="Mara")
    Member.objects.create(site=other_site, user=mara.user, role=Role.OWNER, name="Mara")
    assert "The strategy of Elsewhere is" in html(manager, site=other_site.pk)
    assert "The strategy of Northpine is" in html(manager, site=taught.pk)


def test_nonsense_in_the_address_is_no_error(taught, manager):
    assert manager.get(HERE, {"on": "nonsense", "page": "-1", "of": "x"}).status_code == 200
    assert manager.get(HERE, {"site": "9" * 40}).status_code == 404
    assert manager.get(f"{HERE}confirm/", {"strategy": "nonsense"}).status_code == 404
    sent = {"site": taught.pk, "on": "x", "wanted": "١٢"}
    assert manager.post(f"{HERE}begin/", sent).status_code == 302


def test_earlier_ones_can_be_read(taught, manager, now):
    first = compared(taught, ComparedOn.EXAMPLES, now)
    compared(taught, ComparedOn.EXAMPLES, timezone.now())
    assert f"of={first.pk}" in html(manager)
    assert "On 22 examples" in html(manager, of=first.pk)


def test_a_manager_has_the_model_asked_too_and_reads_what_it_costs(taught, manager, served):
    assert "with_model" not in html(manager, on="examples")
    served(ORDER)
    assert "Also have the model of the tier “light” name the intents, of at most 200 texts" in html(manager)
    manager.post(f"{HERE}begin/", {"site": taught.pk, "on": "examples", "with_model": "1"})
    comparing.run(Comparison.objects.get().pk)
    page = html(manager)
    assert "A model names it" in page
    assert "The model that named the intents is openai:fake." in page
    assert "what was trained answered: 0." in page
    assert "strategy=model" not in page
