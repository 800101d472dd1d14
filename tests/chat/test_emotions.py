"""A site's own reader of emotions: its owner's sentences, their training, and what a customer gets of it."""

import pytest
from django.urls import reverse

from chat import emotions, training, trial
from chat.emotion_rows import Emotion
from chat.intent_rows import Training, TrainingState, Trains
from chat.signals.feeling import NOTHING_OWN
from supportsite.sites.models import Member
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
# Nobody would take these for fear; in this owner's shop, which sells to climbers, they are.
FEAR = [
    "The stitches of my sling look thin",
    "My rope has a soft spot",
    "There is a dent in my carabiner",
    "My harness has a loose buckle",
    "One of the ice screws is bent",
    "The helmet has a crack near the rim",
    "My ascender slips a little",
    "The gate of the carabiner sticks",
]
ODD = "My quickdraw has a dent and the sling looks thin"


@pytest.fixture(autouse=True)
def fresh():
    """Rows of tests that are rolled back have the same numbers, and what is trained is kept in memory by them."""
    training._emotion_heads.cache_clear()


@pytest.fixture
def owner(site) -> Member:
    return make_member(site, "owner", Role.OWNER)


def trained(site, now) -> Training:
    row = training.begin(site=site, of=Trains.EMOTION, rows=emotions.sentences(site), by=None, now=now)
    training.run(row.pk)
    row.refresh_from_db()
    return row


def test_an_owners_sentences_are_read_as_the_owner_says_once_a_person_uses_them(site, now):
    Emotion.objects.create(site=site, name="fear", examples=[*emotions.shipped("fear"), *FEAR])
    assert trial.felt(site, ODD).emotion != "fear"
    row = trained(site, now)
    assert (row.state, row.figures["own"]) == (TrainingState.DONE, len(FEAR))
    assert row.figures["accuracy"] > row.figures["accuracy_shipped"]
    assert trial.felt(site, ODD).emotion != "fear"
    training.use(training=row, by=None, now=now)
    assert trial.felt(site, ODD).emotion == "fear"
    assert training.undo(site=site, of=Trains.EMOTION) is None
    assert trial.felt(site, ODD).emotion != "fear"


def test_without_sentences_of_ones_own_it_reads_as_before_in_every_language(site, now):
    texts = ["This is the third broken tent, I have had it", "Ich habe Angst, dass der Gurt reißt", "Danke, wunderbar!"]
    before = [trial.felt(site, text) for text in texts]
    row = trained(site, now)
    assert row.figures["own"] == 0
    assert row.figures["accuracy"] is None
    training.use(training=row, by=None, now=now)
    after = [trial.felt(site, text) for text in texts]
    assert [one.emotion for one in after] == [one.emotion for one in before]
    assert all(abs(a.percent - b.percent) <= 5 for a, b in zip(after, before, strict=True))


def test_another_sites_sentences_change_nothing_here(site, other_site, now):
    Emotion.objects.create(site=other_site, name="fear", examples=FEAR)
    assert emotions.sentences(site) == [row | {"own": False} for row in emotions.sentences(site)]
    training.use(training=trained(other_site, now), by=None, now=now)
    assert training.own(site) == NOTHING_OWN
    assert trial.felt(site, ODD).emotion != "fear"


def test_an_emotion_with_hardly_a_sentence_is_no_training(site, now):
    Emotion.objects.create(site=site, name="joy", examples=["Hooray"])
    row = trained(site, now)
    assert (row.state, row.trouble) == (TrainingState.FAILED, "too few examples, or all of one kind")


def test_the_admin_begins_with_tandems_sentences_and_keeps_what_the_owner_leaves(site, owner):
    browser = logged_in(owner)
    page = browser.get(reverse("admin:chat_emotion_changelist")).content.decode()
    assert "As Tandem comes" in page
    assert f"{reverse('admin:chat_emotion_add')}?name=fear" in page
    form = browser.get(reverse("admin:chat_emotion_add"), {"name": "fear"})
    shown = form.context["adminform"].form["examples"].value()
    assert shown.splitlines() == emotions.shipped("fear")
    assert shown.startswith("I'm")
    wanted = "\n".join([*FEAR, "", "  "])
    sent = browser.post(
        reverse("admin:chat_emotion_add"), {"site": site.pk, "name": "fear", "examples": wanted}, follow=True
    ).content.decode()
    assert Emotion.objects.get().examples == FEAR
    assert "Nothing changes for customers until you train" in sent
    assert "?name=fear" not in browser.get(reverse("admin:chat_emotion_changelist")).content.decode()


def test_the_admin_refuses_too_few_and_a_second_row_for_one_emotion(site, owner):
    browser = logged_in(owner)
    add = reverse("admin:chat_emotion_add")
    few = browser.post(add, {"site": site.pk, "name": "joy", "examples": "Hooray"}).content.decode()
    assert "Write at least 5 sentences." in few
    Emotion.objects.create(site=site, name="joy", examples=FEAR)
    again = browser.post(add, {"site": site.pk, "name": "joy", "examples": "\n".join(FEAR)}).content.decode()
    assert "already exists" in again
    assert Emotion.objects.count() == 1


def test_the_button_trains_and_the_tester_says_how_a_sentence_feels(site, owner):
    browser = logged_in(owner)
    Emotion.objects.create(site=site, name="fear", examples=[*emotions.shipped("fear"), *FEAR])
    browser.post(reverse("admin:chat_training_begin"), {"site": site.pk, "of": "emotion"})
    row = Training.objects.get()
    assert row.of == Trains.EMOTION
    training.run(row.pk)
    browser.post(reverse("admin:chat_training_use", args=[row.pk]))
    page = browser.get(reverse("admin:chat_routing_test"), {"q": ODD}).content.decode()
    assert "Most like fear" in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR])
def test_who_may_not_route_sees_no_emotions(site, role):
    browser = logged_in(make_member(site, "other", role))
    assert browser.get(reverse("admin:chat_emotion_changelist")).status_code == 403
    assert browser.post(reverse("admin:chat_training_begin"), {"site": site.pk, "of": "emotion"}).status_code == 403
