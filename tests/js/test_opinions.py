"""What a customer thinks of an answer and of its sources, said in the widget."""

from playwright.sync_api import expect

from .face import Face, answer, axe


def test_one_says_whether_an_answer_helped_and_may_change_ones_mind(every_face: Face) -> None:
    face, page, server = every_face, every_face.page, every_face.server
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    asked = page.get_by_role("group", name="Did this help?")
    no = asked.get_by_role("button", name="No")
    no.focus()
    page.keyboard.press("Enter")
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(asked.get_by_role("status")).to_have_text("Thank you.")
    asked.get_by_role("button", name="Yes").click()
    expect(no).to_have_attribute("aria-pressed", "false")
    expect(asked.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    said = [(frame["seq"], frame["helpful"]) for frame in server.heard_of("feedback")]
    assert said == [(2, False), (2, True)]
    face.shot("13-helped")
    assert not axe(face)


def test_one_tap_disputes_a_source_and_a_word_may_follow(every_face: Face) -> None:
    face, page, server = every_face, every_face.page, every_face.server
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    page.get_by_role("button", name="2 Rücksendung in Schritten").click()
    page.get_by_role("button", name="This source does not say that").click()
    expect(page.get_by_text("Thank you. We will check this source.")).to_be_visible()
    why = page.get_by_role("textbox", name="What is wrong? (optional)")
    expect(why).to_be_focused()
    face.shot("14-disputed")
    assert not axe(face)
    why.fill("It is about parcels.")
    why.locator("xpath=following-sibling::button").click()
    expect(why).to_have_count(0)
    said = [(frame["seq"], frame["n"], frame.get("comment")) for frame in server.heard_of("dispute")]
    assert said == [(2, 2, None), (2, 2, "It is about parcels.")]
    page.get_by_role("button", name="1 How long can I return something?").click()
    expect(page.get_by_role("button", name="This source does not say that")).to_be_visible()
    page.get_by_role("button", name="2 Rücksendung in Schritten").click()
    expect(page.get_by_text("Thank you. We will check this source.")).to_be_visible()


def test_there_is_nothing_to_judge_where_there_is_no_source(face: Face) -> None:
    face.open()
    face.say("Do you sell submarines?")
    face.server.add("message", "assistant", text="I don't know.", answered="unknown", sources=[])
    expect(face.page.get_by_text("I don't know.").first).to_be_visible()
    expect(face.page.get_by_text("Did this help?")).to_have_count(0)


def test_a_judgement_without_a_connection_goes_out_later(face: Face) -> None:
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    face.server.cut()
    face.page.get_by_role("button", name="No", exact=True).click()
    face.page.clock.run_for(2000)
    expect(face.page.get_by_text("No connection. Your message is kept and will be sent.")).to_be_visible()
    face.server.away = False
    face.page.clock.run_for(8000)
    expect(face.page.get_by_text("No connection")).to_have_count(0)
    assert [frame["helpful"] for frame in face.server.heard_of("feedback")] == [False]
