"""Addresses of pages: with something in them that only one person has, or that everybody may read."""

import pytest

from supportsite.redact import find


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/reset#8f3c2a9e1b7d4455aa",
        "https://shop.example/invite#kJhGfDsAqWeRtYuIoP",
        "shop.example/reset/8f3c2a9e1b7d",
        "https://shop.example/reset/8f3c2a9e1b7d",
        "https://shop.example/reset/AbCdEfGhIjKlMnOpQrStUvWx",
        "https://shop.example/r/kJhGfDsAqWeRtYuIoP",
        "https://shop.example/r/kJhG-fDsA_qWeR-tYuI",
        "https://shop.example/t/f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "https://shop.example/r/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.abcDEF",
        "HTTPS://shop.example/a;jsessionid=ABC123DEF456",
        "https://wa.me/4915123456789",
        "wa.me/491512345678",
        "wa.me/+4915123456789",
        "https://shop.example/invoice/1234567890",
        "https://shop.example/order/1234567890/invoice.pdf",
        "https://shop.example/track/JD014600003828",
        "https://shop.example/help/8f3c2a9e1b7d/returns-and-refunds",
        "https://8f3c2a9e1b7d4455.shop.example/",
    ],
)
def test_a_token_or_a_number_in_an_address_is_found(url):
    assert [(span.kind, span.start, span.end) for span in find(f"see {url}, please")] == [("URL", 4, 4 + len(url))]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/help/returns-and-refunds-2024",
        "https://shop.example/products/ridgeback-boots-v2",
        "https://shop.example/help/returns#how-long-do-refunds-take",
        "https://shop.example/help/returns#section-12",
        "https://shop.example/ReturnsAndRefunds",
        "https://shop.example/HowToReturnAnItem.html",
        "shop.example/customerService/contactUs",
        "https://shop.example/iPhoneXSMax-Cases",
        "https://shop.example/blog/2024/03/15/summer-sale",
        "https://shop.example/blog/2024-03-15-summer-sale",
        "https://shop.example/p/summer2024sale",
        "https://shop.example/Datenschutzerklaerung",
        "https://shop.example/de/R%C3%BCckgabe-und-Erstattung",
        "https://shop.example/größen/wanderstiefel-42",
        "https://shop.example/AGB/IMPRESSUM_WIDERRUF",
        "https://shop.example/item/12345678",
        "https://www.shop.example/",
        "https://shop.example/docs/v1.2.3/getting-started_2nd_edition",
    ],
)
def test_an_address_that_everybody_may_read_stays(url):
    assert "URL" not in [span.kind for span in find(f"see {url}, please")]
