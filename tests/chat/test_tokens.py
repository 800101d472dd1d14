"""Who holds a token is its visitor, on its site."""

from chat.tokens import Held, digest, held_by, new_visitor_id, token_of


def test_a_token_names_its_visitor():
    visitor = new_visitor_id()
    assert held_by("site_a", token_of("site_a", visitor)) == Held(visitor)


def test_a_token_of_another_site_or_a_changed_one_is_nobodys():
    token = token_of("site_a", new_visitor_id())
    assert held_by("site_b", token) is None
    assert held_by("site_a", token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert held_by("site_a", "") is None


def test_a_token_that_ends_is_nobodys_from_then_on():
    visitor = new_visitor_id()
    token = token_of("site_a", visitor, until=1000)
    assert held_by("site_a", token, now=999.0) == Held(visitor, "", 1000)
    assert held_by("site_a", token, now=1000.0) is None
    assert held_by("site_a", token.replace("1000", "9000"), now=1.0) is None


def test_a_link_s_token_names_the_address_that_the_link_went_to():
    token = token_of("site_a", "v", until=1000, address=digest("ana@example.com"))
    assert held_by("site_a", token, now=1.0) == Held("v", digest("ana@example.com"), 1000)
    assert digest("ana@example.com") != digest("ana@example.org")
    assert held_by("site_a", token.replace(digest("ana@example.com"), digest("x")), now=1.0) is None
