"""A new index is built beside the one that is searched, and takes its place at once, for every search."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection

from knowledge import editions, embed, index, index_check, indexing, publish, rebuilding, search, split, tasks
from knowledge.embed import E5, MINILM
from knowledge.management.commands import reindex
from knowledge.models import Edition, EditionState, Section, Vector
from knowledge.shelf import Shelf
from tests.chroma_server import ChromaServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]
LETTERS = "tests.knowledge.letters.Letters"
QUESTION = "How much does a parcel cost?"


@pytest.fixture
def finer(monkeypatch):
    """The next version of the program cuts articles finer."""
    monkeypatch.setattr(split, "PART", 20)
    for module in (editions, rebuilding):
        monkeypatch.setattr(module, "VERSION", split.VERSION + 1)


@pytest.fixture
def letters(settings):
    """The owner has chosen other embeddings."""
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": LETTERS})


@pytest.fixture(params=["in process", "as its server"])
def either_chroma(request, chroma, settings, tmp_path):
    """Chroma in the mode that is named."""
    if request.param == "in process":
        yield
        return
    index.disown()
    server = ChromaServer(tmp_path / "chroma-server")
    server.start()
    settings.TANDEM = settings.TANDEM.model_copy(update={"chroma_url": server.url})
    assert index.own()
    yield
    index.disown()
    server.kill()


def found(site) -> search.Found:
    return search.find(site=site, question=QUESTION, language="en")


def build(edition, now) -> None:
    """To its end, a little at a time."""
    for _step in range(200):
        if rebuilding.step(edition, now=now, seconds=0.05):
            return
    pytest.fail(f"it does not end: {rebuilding.progress(edition)}")


def count_embedded(monkeypatch) -> list[str]:
    """The texts that are embedded from now on."""
    texts: list[str] = []
    for model in (embed.MiniLM, embed.E5Small):
        real = model.matrix

        def counting(self, given, kind, real=real):
            texts.extend(given if kind == "passage" else [])
            return real(self, given, kind)

        monkeypatch.setattr(model, "matrix", counting)
    return texts


def test_an_index_that_is_made_as_it_would_be_now_is_left_alone(site, articles, now):
    assert rebuilding.start(site, now=now) is None


def test_another_way_of_cutting_is_searched_once_it_is_whole_and_not_before(site, articles, now, finer, monkeypatch):
    old = editions.live(site.pk)
    assert any("earlier way of cutting" in line for line in index_check.remarks())
    edition = rebuilding.start(site, now=now)
    assert rebuilding.step(edition, now=now, seconds=0) is False
    assert found(site).passages[0].text == "A parcel costs 4.90 euros. Above 75 euros it is free."
    embedded = count_embedded(monkeypatch)
    build(edition, now)
    assert found(site).passages[0].text == "A parcel costs 4.90 euros."
    assert len(embedded) == len(set(embedded)) * 2, "each new text once by each of the two models"
    assert not any("Dry the tent" in text for text in embedded), "a section that stayed as it was is not read again"
    rebuilding.drop_former(now=now + timedelta(hours=1))
    assert not Section.objects.filter(edition_id=old.pk).exists()
    assert {shelf.edition for shelf in index.current().shelves(site.pk)} == {edition.pk}
    assert index_check.differences(site) == index_check.remarks() == []


def test_it_is_done_however_slow_the_machine_is_and_what_is_left_is_listed_once(site, write, now, monkeypatch):
    monkeypatch.setattr(rebuilding, "_READ_AT_ONCE", 1)
    monkeypatch.setattr(rebuilding, "_SLICE", 1)
    for number in range(3):
        write(f"tents-{number}", f"Dry tent {number}.\n\n## Poles\n\nA pole of tent {number} can be straightened.")
    edition = rebuilding.start(site, now=now, again=True)
    listed = list[Shelf]()
    real = index.Guarded.ids
    monkeypatch.setattr(index.Guarded, "ids", lambda self, shelf: listed.append(shelf) or real(self, shelf))
    steps = 1
    while not rebuilding.step(edition, now=now, seconds=0):
        assert (steps := steps + 1) < 100, "each of its steps is over before it has done anything"
    assert steps > 10
    assert len(listed) == 2 * 3, "each of both shelves before it is filled, while it is, and for the check"
    assert "straightened" in search.find(site=site, question="Can I straighten it?", language="en").passages[0].text


def test_an_answer_that_is_being_written_still_has_its_sections_after_the_swap(site, articles, now):
    before = found(site)
    build(rebuilding.start(site, now=now, again=True), now)
    rebuilding.drop_former(now=now + timedelta(minutes=1))
    assert Section.objects.filter(pk=before.passages[0].section_id).exists()
    assert found(site).passages[0].section_id != before.passages[0].section_id


def test_what_is_published_meanwhile_is_in_both(site, articles, now):
    edition = rebuilding.start(site, now=now, again=True)
    while not Section.objects.filter(edition=edition).exists():
        rebuilding.step(edition, now=now, seconds=0.01)
    publish.save_draft(article=articles["shipping"], body="A parcel costs 7 euros to every country.")
    version = publish.publish(article=articles["shipping"], by=None, now=now)
    indexing.index_version(version.pk, now=now)
    assert "7 euros" in found(site).passages[0].text
    build(edition, now)
    assert "7 euros" in found(site).passages[0].text
    assert index_check.differences(site) == []


def test_what_is_published_and_not_indexed_yet_is_cut_before_the_swap(site, articles, now):
    edition = rebuilding.start(site, now=now, again=True)
    real = rebuilding.faults

    def publish_late(checked):
        publish.save_draft(article=articles["tents"], body="Never fold a tent on a Tuesday.")
        publish.publish(article=articles["tents"], by=None, now=now)
        return real(checked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuilding, "faults", publish_late)
        while not Section.objects.filter(text__contains="Tuesday").exists():
            assert rebuilding.step(edition, now=now, seconds=60) is False
    build(edition, now)
    assert Section.objects.filter(edition=edition, text__contains="Tuesday").exists()


@pytest.mark.django_db(transaction=True)
def test_searches_go_on_during_the_swap_and_none_sees_parts_of_two(site, either_chroma, articles, now, finer):
    texts = {
        split.VERSION: "A parcel costs 4.90 euros. Above 75 euros it is free.",
        split.VERSION + 1: "A parcel costs 4.90 euros.",
    }
    seen: list[tuple[str, set[int]]] = []
    failed: list[Exception] = []
    over = threading.Event()

    def customer():
        try:
            while not over.is_set():
                one = found(site)
                assert one.searched == "chroma"
                seen.append((one.passages[0].text, {candidate.section_id for candidate in one.ranked}))
        except Exception as error:  # noqa: BLE001  (a thread's failure is told by the test's own)
            failed.append(error)
        finally:
            connection.close()

    customers = [threading.Thread(target=customer) for _ in range(3)]
    for thread in customers:
        thread.start()
    edition = rebuilding.start(site, now=now)
    build(edition, now)
    so_far = len(seen)
    while len(seen) < so_far + 10 and not failed:
        over.wait(0.01)
    over.set()
    for thread in customers:
        thread.join()
    of = dict(Section.objects.values_list("pk", "edition__cut"))
    assert not failed
    assert so_far > 5
    for text, sections in seen:
        cuts = {of[number] for number in sections}
        assert len(cuts) == 1
        assert text == texts[cuts.pop()]
    assert {text for text, _sections in seen} == set(texts.values())


def test_an_index_that_does_not_find_what_the_exact_search_finds_is_not_searched(site, articles, now, monkeypatch):
    old = editions.live(site.pk)
    edition = rebuilding.start(site, now=now, again=True)
    real = indexing.fill

    def fill_wrongly(shelf, **options):
        real(shelf, **options)
        ids = sorted(index.current().ids(shelf))
        wrong = -np.eye(len(ids), 384, dtype=np.float32)
        index.current().upsert(shelf, ids, wrong, [indexing.Label()] * len(ids))

    monkeypatch.setattr(indexing, "fill", fill_wrongly)
    assert rebuilding.go_on(edition.pk, now=now, seconds=60) is False
    assert editions.live(site.pk) == old
    assert "did not find what the exact search finds" in Edition.objects.get(pk=edition.pk).detail
    assert any("did not find" in line for line in index_check.remarks())
    assert rebuilding.due(now) == []
    monkeypatch.setattr(indexing, "fill", real)
    later = now + rebuilding.AGAIN
    assert rebuilding.due(later) == [edition.pk]
    build(edition, later)
    assert editions.live(site.pk) == edition


def test_other_models_are_another_index_and_never_mixed(site, articles, now, letters):
    assert set(found(site).ranked[0].cosines) == {MINILM, E5}
    edition = rebuilding.start(site, now=now)
    rebuilding.step(edition, now=now, seconds=0)
    assert set(found(site).ranked[0].cosines) == {MINILM, E5}
    build(edition, now)
    after = found(site)
    assert set(after.ranked[0].cosines) == {LETTERS}
    assert after.shelf == f"en/{LETTERS}"
    assert "shipping" in {passage.slug for passage in after.passages}
    widths = {len(numbers) for numbers in Vector.objects.filter(model=LETTERS).values_list("numbers", flat=True)}
    assert widths == {26 * 4}


def test_other_models_get_no_personal_data_of_a_question_and_words_are_searched_with_it(
    site, articles, now, letters, monkeypatch
):
    from .letters import Letters

    read = list[str]()
    monkeypatch.setattr(Letters, "embed_query", lambda self, text: read.append(text) or [1.0] * 26)
    publish.save_draft(article=articles["tents"], body="Mr Moss repairs tents: moss@shop.example, 030 901820.")
    publish.publish(article=articles["tents"], by=None, now=now)
    build(rebuilding.start(site, now=now), now)
    found = search.find(
        site=site,
        question="I am ann@home.example: moss@shop.example?",
        before="Call me at +49 30 901820",
        language="en",
    )
    assert sorted(read) == [  # both at once
        "Call me at [PHONE_1]\nI am [EMAIL_1]: [EMAIL_2]?",
        "I am [EMAIL_1]: [EMAIL_2]?",
    ]
    assert max(found.ranked, key=lambda one: one.lexical).slug == "tents"


def test_what_a_failing_model_says_of_a_question_is_not_logged(site, articles, now, letters, monkeypatch, caplog):
    from .letters import Letters

    build(rebuilding.start(site, now=now), now)

    def fail(self, text):
        raise ValueError(f"cannot read: {text}")

    monkeypatch.setattr(Letters, "embed_query", fail)
    search.find(site=site, question="Does Ann Moss pay for shipping?", language="en")
    assert "ValueError" in caplog.text
    assert "Moss" not in caplog.text


def test_back_to_the_built_in_models_the_others_vectors_go(site, articles, now, settings):
    built_in = settings.TANDEM
    settings.TANDEM = built_in.model_copy(update={"embeddings": LETTERS})
    build(rebuilding.start(site, now=now), now)
    settings.TANDEM = built_in
    build(rebuilding.start(site, now=now), now)
    rebuilding.drop_former(now=now + timedelta(hours=1))
    assert set(Vector.objects.values_list("model", flat=True)) == {MINILM, E5}
    assert set(found(site).ranked[0].cosines) == {MINILM, E5}


def test_embeddings_that_fail_leave_the_words_and_the_index_as_it_was(site, articles, now, letters, monkeypatch):
    from .letters import Letters

    build(rebuilding.start(site, now=now), now)
    monkeypatch.setattr(Letters, "embed_query", lambda self, text: 1 / 0)
    assert found(site).passages[0].slug == "shipping"
    monkeypatch.setattr(Letters, "embed_documents", lambda self, texts: 1 / 0)
    publish.save_draft(article=articles["tents"], body="Something new.")
    publish.publish(article=articles["tents"], by=None, now=now)
    edition = rebuilding.start(site, now=now, again=True)
    assert rebuilding.go_on(edition.pk, now=now, seconds=60) is False
    assert editions.live(site.pk) != edition


def test_a_model_that_is_another_under_its_name_leaves_the_words_and_is_never_mixed(site, articles, now, letters):
    from . import letters as module

    build(rebuilding.start(site, now=now), now)
    another = pytest.MonkeyPatch()
    another.setattr(module, "LETTERS", module.LETTERS + "0123")
    after = search.find(site=site, question="What does a parcel cost?", before="I have one.", language="en")
    assert (after.passages[0].slug, after.ranked[0].cosines) == ("shipping", {})
    assert not index.away(), "Chroma does answer, for every site"
    publish.save_draft(article=articles["tents"], body="Something new.")
    version = publish.publish(article=articles["tents"], by=None, now=now)
    with pytest.raises(embed.ModelUnavailable, match=r"30 numbers .* 26 before"):
        indexing.index_version(version.pk, now=now)
    another.undo()
    indexing.index_version(version.pk, now=now)
    assert set(found(site).ranked[0].cosines) == {LETTERS}


def test_while_new_models_do_not_answer_what_is_published_is_found_as_before(site, articles, now, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": "tests.knowledge.nowhere.Nothing"})
    edition = rebuilding.start(site, now=now)
    publish.save_draft(article=articles["shipping"], body="A parcel costs 7 euros to every country.")
    publish.publish(article=articles["shipping"], by=None, now=now)
    tasks.sweep_index()
    assert "7 euros" in found(site).passages[0].text
    assert not indexing.due().exists(), "what waits for it, as care does, goes on"
    assert rebuilding.go_on(edition.pk, now=now, seconds=1) is False
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": LETTERS})
    build(rebuilding.start(site, now=now), now)
    assert set(found(site).ranked[0].cosines) == {LETTERS}
    assert index_check.differences(site) == []


def test_a_version_that_a_model_cannot_read_holds_up_no_other(site, articles, now, letters):
    from .letters import Letters

    build(rebuilding.start(site, now=now), now)
    for slug in ("tents", "shipping"):
        publish.save_draft(article=articles[slug], body=f"What is new of {slug} costs 7 euros.")
        publish.publish(article=articles[slug], by=None, now=now)

    def refuse_tents(self, texts):
        if any("tents" in text for text in texts):
            raise ValueError
        return [[1.0] * 26 for _text in texts]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Letters, "embed_documents", refuse_tents)
        assert indexing.sweep(now=now, seconds=60) is False
        assert [version.article.slug for version in indexing.due()] == ["tents"]
    assert indexing.sweep(now=now, seconds=60) is False
    assert not indexing.due().exists()


def test_one_that_is_no_longer_wanted_is_given_up(site, articles, now, settings):
    built_in = settings.TANDEM
    settings.TANDEM = built_in.model_copy(update={"embeddings": LETTERS})
    given_up = rebuilding.start(site, now=now)
    assert rebuilding.step(given_up, now=now, seconds=0) is False
    settings.TANDEM = built_in
    assert rebuilding.start(site, now=now) is None
    rebuilding.drop_former(now=now + timedelta(hours=1))
    assert list(Edition.objects.filter(site=site).values_list("state", flat=True)) == [EditionState.LIVE]


def test_the_server_notices_by_itself_and_goes_on_by_its_tasks(site, articles, finer, monkeypatch):
    monkeypatch.setattr(index_check, "_mended_as_owner", False)
    rung: list[int] = []
    monkeypatch.setattr(tasks.rebuild_index, "delay", rung.append)
    tasks.sweep_index()
    while rung:
        tasks.rebuild_index(rung.pop())
    assert editions.live(site.pk).cut == split.VERSION + 1


def test_the_command_builds_swaps_and_clears_up(site, articles, capsys):
    old = editions.live(site.pk)
    index.disown()
    call_command("reindex", site=site.key)
    assert "Northpine: rebuilt" in capsys.readouterr().out
    assert editions.live(site.pk) != old
    assert not Edition.objects.filter(pk=old.pk).exists()
    assert index.own()
    assert index_check.differences(site) == []


def test_the_command_does_not_stop_at_what_was_wrong_before(site, articles, now, capsys, monkeypatch):
    edition = rebuilding.start(site, now=now, again=True)
    Edition.objects.filter(pk=edition.pk).update(detail="3 searches did not find it", try_at=now + timedelta(days=1))
    index.disown()
    monkeypatch.setattr(reindex, "_STEP_SECONDS", 0)
    call_command("reindex", site=site.key)
    assert "Northpine: rebuilt" in capsys.readouterr().out


def test_asked_for_again_the_server_does_not_wait(site, articles, now):
    edition = rebuilding.start(site, now=now, again=True)
    Edition.objects.filter(pk=edition.pk).update(detail="3 searches did not find it", try_at=now + timedelta(days=1))
    assert rebuilding.due(now) == []
    assert rebuilding.start(site, now=now, again=True).detail == ""
    assert rebuilding.due(now) == [edition.pk]


def test_a_shelf_of_an_edition_that_is_no_more_is_a_difference_until_it_is_mended(site, articles):
    index.current().upsert(Shelf(site.pk, "en", E5, 999), [1], np.eye(1, 384, dtype=np.float32), [indexing.Label()])
    assert len(index_check.differences(site)) == 1
    indexing.mend(site)
    assert index_check.differences(site) == []
