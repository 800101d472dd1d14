"""After a case is resolved the customer is asked once how it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from .conftest import HOST, Files
from .face import Face, answer, axe, make_face

QUESTION = "How did we do?"


def over(face: Face) -> None:
    """A question, its answer, and the end of the case."""
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    face.server.add("resolved", "agent", text="This conversation is resolved. Write again at any time.")


def asked(face: Face) -> Locator:
    """What asks."""
    return face.page.get_by_role("group", name=QUESTION)


def star(face: Face, name: str) -> Locator:
    """One of the five."""
    return asked(face).get_by_role("radio", name=name, exact=True)


def said(face: Face) -> list[tuple[int, str | None]]:
    """The ratings that went out."""
    return [(frame["score"], frame.get("comment")) for frame in face.server.heard_of("rating")]


def reload(face: Face) -> None:
    """Load the page anew, and wait until whatever asks had the time to."""
    with face.page.expect_response("**/rating/en.js"):
        face.page.reload()
    face.page.wait_for_load_state("networkidle")


def test_one_is_asked_at_the_end_and_rates_with_a_tap_and_a_word(every_face: Face) -> None:
    face, page = every_face, every_face.page
    over(face)
    expect(asked(face)).to_be_in_viewport()
    expect(asked(face).get_by_role("radio")).to_have_count(5)
    expect(page.get_by_role("button", name="Latest")).to_be_hidden()
    face.shot("15-asked")
    assert not axe(face)
    star(face, "Good").locator("..").click()
    expect(star(face, "Good")).to_be_checked()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert said(face) == [(4, None)]
    face.shot("16-rated")
    assert not axe(face)
    star(face, "Very good").locator("..").click()
    field = page.get_by_role("textbox", name="Anything to add? (optional)")
    expect(field).to_be_in_viewport()
    field.fill("Maya was quick.")
    field.locator("xpath=following-sibling::button").click()
    assert said(face) == [(4, None), (5, None), (5, "Maya was quick.")]
    expect(asked(face)).to_have_count(0)
    expect(page.get_by_text("Thank you.")).to_be_visible()
    face.shot("17-thanked")
    assert not axe(face)


def test_arrow_keys_choose_and_only_what_was_chosen_in_the_end_goes_out(face: Face) -> None:
    over(face)
    star(face, "Very poor").focus()
    for _ in range(3):
        face.page.keyboard.press("ArrowRight")
    expect(star(face, "Good")).to_be_focused()
    assert said(face) == []
    face.page.keyboard.press("Tab")
    assert said(face) == [(4, None)]
    expect(face.page.get_by_role("textbox", name="Anything to add? (optional)")).to_be_focused()


def test_a_conversation_that_goes_on_loads_none_of_it(face: Face) -> None:
    loaded: list[str] = []
    face.page.on("request", lambda request: loaded.append(request.url))
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    expect(face.page.get_by_text("Did this help?")).to_be_visible()
    assert not [url for url in loaded if "rating" in url]
    face.server.add("resolved", "agent", text="This conversation is resolved.")
    expect(asked(face)).to_be_visible()
    assert [url for url in loaded if url.endswith("/rating.js")]


def test_who_says_not_now_is_not_asked_again_about_this_case(face: Face) -> None:
    over(face)
    face.page.get_by_role("button", name="Not now").click()
    expect(asked(face)).to_have_count(0)
    expect(face.page.get_by_role("textbox", name="Write a message")).to_be_focused()
    reload(face)
    expect(face.sheet.get_by_text("This conversation is resolved.")).to_be_visible()
    expect(asked(face)).to_have_count(0)
    face.say("One more thing")
    face.server.add("reopened", "visitor", handler="assistant")
    answer(face)
    face.server.add("resolved", "agent", text="Resolved again.")
    expect(asked(face)).to_be_visible()
    assert not said(face)


def test_who_rated_is_not_asked_again_and_a_case_that_goes_on_takes_the_question_away(face: Face) -> None:
    over(face)
    face.server.add("reopened", "visitor", handler="assistant")
    expect(asked(face)).to_have_count(0)
    face.server.add("resolved", "agent", text="Resolved again.")
    star(face, "Poor").click(force=True)
    expect(face.page.get_by_text("Thank you.")).to_be_visible()
    face.server.add("rated", "visitor", score=2, comment="", id=face.server.heard_of("rating")[0]["id"])
    expect(asked(face)).to_be_visible()  # a word may still follow
    reload(face)
    expect(face.sheet.get_by_text("Resolved again.")).to_be_visible()
    expect(asked(face)).to_have_count(0)


def test_a_rating_in_another_window_ends_the_question_here(face: Face) -> None:
    over(face)
    expect(asked(face)).to_be_visible()
    face.server.add("rated", "visitor", score=5, comment="")
    expect(asked(face)).to_have_count(0)


def test_a_rating_without_a_connection_goes_out_later(face: Face) -> None:
    over(face)
    expect(asked(face)).to_be_visible()
    face.server.cut()
    star(face, "Okay").click(force=True)
    face.page.clock.run_for(2000)
    expect(face.page.get_by_text("No connection. Your message is kept and will be sent.")).to_be_visible()
    face.page.reload()
    expect(face.sheet).to_be_visible()
    face.server.away = False
    face.page.clock.run_for(8000)
    expect(face.sheet.get_by_text("This conversation is resolved.")).to_be_visible()
    expect(face.page.get_by_text("No connection")).to_have_count(0)
    assert said(face) == [(3, None)]


def named(face: Face) -> list[tuple[int, str, int]]:
    """Which cases the ratings that went out are about, each with its score."""
    frames = face.server.heard_of("rating")
    return [(frame["seq"], frame["conversation"], frame["score"]) for frame in frames]


def test_stars_that_wait_are_for_their_case_and_the_next_one_is_asked_about(face: Face) -> None:
    over(face)
    face.server.cut()
    star(face, "Okay").click(force=True)
    first, second = len(face.server.events), len(face.server.events) + 2
    face.server.add("reopened", "visitor", live=False, handler="assistant")
    face.server.add("resolved", "agent", live=False, text="Resolved again.")
    face.server.away = False
    face.page.clock.run_for(8000)
    expect(face.log.get_by_text("Resolved again.")).to_be_visible()
    expect(asked(face)).to_be_visible()
    expect(star(face, "Okay")).not_to_be_checked()
    assert named(face) == [(first, "c1", 3)]
    face.server.add("rated", "visitor", score=3, comment="", resolved=first)
    expect(face.sheet.get_by_role("group", name=QUESTION)).to_have_count(1)
    star(face, "Very good").click(force=True)
    assert named(face) == [(first, "c1", 3), (second, "c1", 5)]


def test_stars_that_wait_are_for_their_log_where_another_one_is_shown_by_then(face: Face) -> None:
    over(face)
    face.server.cut()
    star(face, "Okay").click(force=True)
    there = len(face.server.events)
    face.server.conversation = {"id": "home", "handler": "closed"}
    face.server.resets = True
    face.server.away = False
    face.page.clock.run_for(8000)
    expect(star(face, "Okay")).not_to_be_checked()
    assert named(face) == [(there, "c1", 3)]
    star(face, "Very good").click(force=True)
    assert named(face)[1:] == [(there, "home", 5)]


@pytest.fixture
def arabic(browser: Browser, address: str) -> Iterator[Face]:
    """A page in Arabic."""
    Files.pages["/arabic"] = (HOST.replace('lang="en"', 'lang="ar" dir="rtl"'), "")
    face = make_face(browser, address, "phone", path="/arabic")
    yield face
    face.page.context.close()
    del Files.pages["/arabic"]


def test_from_right_to_left_the_first_star_is_on_the_right(arabic: Face) -> None:
    page, server = arabic.page, arabic.server
    page.get_by_role("button", name="مساعدة").click()
    page.get_by_role("textbox").fill("مرحبا")
    page.get_by_role("button", name="إرسال").click()
    server.add("resolved", "agent", text="تم حل هذه المحادثة.")
    stars = page.get_by_role("group", name="كيف كانت تجربتك معنا؟").get_by_role("radio")
    expect(stars).to_have_count(5)
    first, last = stars.first.bounding_box(), stars.last.bounding_box()
    assert first
    assert last
    assert first["x"] > last["x"]
    stars.nth(3).locator("..").click()
    arabic.shot("18-rated-arabic")
    assert [frame["score"] for frame in server.heard_of("rating")] == [4]
    assert not axe(arabic)


def test_another_log_takes_the_place_of_the_first_line_by_line(face: Face) -> None:
    over(face)
    mine = face.server.events[-1]
    face.server.cut()
    face.server.events[-1] = {**mine, "at": "2026-11-20T08:00:00.000Z", "text": "Resolved at home."}
    face.server.resets = True
    face.server.away = False
    face.page.clock.run_for(8000)
    expect(face.log.get_by_text("Resolved at home.")).to_be_visible()
    expect(face.log.get_by_text(mine["text"])).to_have_count(0)
