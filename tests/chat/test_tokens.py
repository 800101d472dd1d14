"""Who holds a token is its visitor, on its site."""

from chat.tokens import new_visitor_id, token_of, visitor_of


def test_a_token_names_its_visitor():
    visitor = new_visitor_id()
    assert visitor_of("site_a", token_of("site_a", visitor)) == visitor


def test_a_token_of_another_site_or_a_changed_one_is_nobodys():
    token = token_of("site_a", new_visitor_id())
    assert visitor_of("site_b", token) is None
    assert visitor_of("site_a", token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert visitor_of("site_a", "") is None


def test_a_token_that_ends_is_nobodys_from_then_on():
    visitor = new_visitor_id()
    token = token_of("site_a", visitor, until=1000)
    assert visitor_of("site_a", token, now=999.0) == visitor
    assert visitor_of("site_a", token, now=1000.0) is None
    assert visitor_of("site_a", token.replace("1000", "9000"), now=1.0) is None
