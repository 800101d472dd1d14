"""static/css/tokens.css: what is written on a colour can be read, in light and in dark, whatever accent a site has."""

import pytest
from playwright.sync_api import Page

TEXT = [
    (text, ground)
    for text in ("ink", "ink-soft", "accent-text", "warm-text", "alarm-text", "calm-text")
    for ground in ("paper", "sheet")
] + [
    ("on-accent", "accent"),
    *[(text, f"{name}-wash") for name in ("accent", "warm", "alarm") for text in ("ink", "ink-soft", f"{name}-text")],
]  # fmt: skip
EDGES = [("edge", "paper"), ("edge", "sheet"), ("accent-text", "sheet")]
ACCENTS = (
    "",
    "#0f766e",
    "#e11d48",
    "#2563eb",
    "#facc15",
    "#16a34a",
    "#7c3aed",
    "#f97316",
    "#111827",
    "#f9fafb",
    "#ec4899",
)

MEASURE = """async ([pairs, theme, accent]) => {
  document.head.innerHTML = '<link rel="stylesheet" href="/static/css/tokens.css">';
  await new Promise((loaded) => { document.querySelector("link").onload = loaded; });
  document.documentElement.dataset.theme = theme;
  document.documentElement.style.setProperty(accent ? "--accent" : "--none", accent || "0");
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (name) => {
    document.body.style.color = "";
    document.body.style.color = `var(--${name})`;
    canvas.fillStyle = getComputedStyle(document.body).color;
    canvas.fillRect(0, 0, 1, 1);
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return pairs.map(([text, ground]) => {
    const [a, b] = [light(text), light(ground)].sort((x, y) => y - x);
    return [text, ground, Math.round(100 * (a + 0.05) / (b + 0.05)) / 100];
  });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_on_every_ground(page: Page, theme: str) -> None:
    for accent in ACCENTS:
        weak = [row for row in page.evaluate(MEASURE, [TEXT, theme, accent]) if row[2] < 4.5]
        assert not weak, f"accent {accent or 'ours'}: {weak}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(page: Page, theme: str) -> None:
    assert not [row for row in page.evaluate(MEASURE, [EDGES, theme, ""]) if row[2] < 3]


def test_a_theme_that_is_set_wins_over_the_system_s(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        told = {theme: page.evaluate(MEASURE, [[("ink", "paper")], theme, ""]) for theme in ("light", "dark", "")}
        dark = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert dark == "light dark"
        assert told[""] == told[scheme]
