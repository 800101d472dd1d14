"""Pictures are encoded anew: nothing of the camera, never too large, never anything but a picture."""

import io

import pytest
from django.test import Client
from PIL import Image

from knowledge import pictures
from knowledge.render import to_html

pytestmark = pytest.mark.django_db


def made(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **saved: object) -> io.BytesIO:
    """A picture's file."""
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind, **saved)
    file.seek(0)
    return file


def with_exif() -> io.BytesIO:
    """A photograph, held sideways, that says who took it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Maya Secret"
    return made("JPEG", exif=exif)


def test_a_photograph_is_upright_and_says_nothing_of_its_maker(site, now):
    file = with_exif()
    assert b"Maya Secret" in file.getvalue()
    picture = pictures.store(site=site, file=file, now=now)
    assert b"Maya Secret" not in bytes(picture.content)
    assert not Image.open(io.BytesIO(picture.content)).getexif()
    assert (picture.width, picture.height) == (20, 40)


def test_a_large_picture_is_made_smaller(site, now):
    picture = pictures.store(site=site, file=made(size=(4000, 1000)), now=now)
    assert (picture.width, picture.height) == (1600, 400)


def test_of_a_moving_picture_the_first_frame_stays(site, now):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    file.seek(0)
    picture = pictures.store(site=site, file=file, now=now)
    kept = Image.open(io.BytesIO(picture.content))
    assert (picture.kind, getattr(kept, "n_frames", 1)) == ("png", 1)
    assert kept.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "no picture"),
        (b"", "no picture"),
        (b"x" * (pictures.LARGEST_FILE + 1), "15 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(site, now, data, why):
    with pytest.raises(pictures.BadPicture, match=why):
        pictures.store(site=site, file=io.BytesIO(data), now=now)


def test_a_bomb_is_refused_before_it_is_unpacked(site, now):
    with pytest.raises(pictures.BadPicture, match="50 million"):
        pictures.store(site=site, file=made(size=(9000, 9000), mode="1"), now=now)


def test_the_same_picture_twice_is_one(site, now):
    first = pictures.store(site=site, file=made(), now=now)
    assert pictures.store(site=site, file=made(), now=now) == first


def test_a_picture_is_served_as_one_and_runs_nothing(site, now):
    picture = pictures.store(site=site, file=made(), now=now)
    answer = Client().get(pictures.path_of(picture))
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.content)).size == (40, 20)


def test_only_its_own_name_leads_to_it(site, now):
    path = pictures.path_of(pictures.store(site=site, file=made(), now=now))
    for other in (path.replace("40x20", "41x20"), path.replace(".png", ".jpeg"), "/help/pictures/0-1x1.png"):
        assert Client().get(other).status_code == 404


def test_an_article_shows_our_pictures_and_no_others(site, now):
    path = pictures.path_of(pictures.store(site=site, file=made(), now=now))
    html = to_html(f"![A red box]({path}) ![Elsewhere](https://elsewhere.example/x.png)", links=str)
    assert f'<img src="{path}" alt="A red box" width="40" height="20" loading="lazy">' in html
    assert 'src="https://elsewhere' not in html
    assert "Elsewhere" in html
