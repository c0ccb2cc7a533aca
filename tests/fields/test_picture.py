"""Pictures in texts, and the addresses of our own copies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.picture import WIDTHS, Picture, address, in_markdown, ours

DIGEST = "0123456789abcdef0123"


@given(st.integers(1, 1200), st.integers(1, 2400))
def test_an_address_of_ours_is_read_as_it_was_written(width, height):
    picture = Picture(DIGEST, width, height)
    assert ours(picture.path) == picture
    assert ours(picture.small.path) == picture.small
    assert (picture.small.width, picture.small.small) == (min(width, WIDTHS[0]), picture.small)


def test_both_copies_are_offered_where_there_are_two():
    assert Picture(DIGEST, 1200, 800).srcset == f"/photos/{DIGEST}-480x320.webp 480w, /photos/{DIGEST}-1200x800.webp 1200w"
    assert Picture(DIGEST, 300, 200).srcset == ""


@pytest.mark.parametrize(
    "path",
    ["", "/photos/x.webp", f"/photos/{DIGEST}-0x5.webp", f"https://exemple.example/photos/{DIGEST}-12x5.webp", f"/photos/{DIGEST}-12x5.webp\n",
     f"/photos/../{DIGEST}-12x5.webp", f"/photos/{DIGEST}-12x5.svg", f"/photos/{DIGEST}-١x5.webp", "/fichiers/a.jpg"],
)  # fmt: skip
def test_no_other_address_is_one_of_ours(path):
    assert ours(path) is None


@pytest.mark.parametrize(
    ("written", "fetched"),
    [
        ("https://images.example.org/a.jpg", "https://images.example.org/a.jpg"),
        (" http://images.example.org/a.jpg ", "http://images.example.org/a.jpg"),
        ("https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz012345/view?usp=sharing", "https://drive.google.com/thumbnail?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345&sz=w1200"),
        ("https://drive.google.com/open?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345", "https://drive.google.com/thumbnail?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345&sz=w1200"),
        ("/photo.jpg", None), ("photo.jpg", None), ("//images.example.org/a.jpg", None), ("data:image/png;base64,iVBO", None),
        ("javascript:alert(1)", None), ("http://[", None), ("", None),
    ],
)  # fmt: skip
def test_where_a_picture_is_fetched(written, fetched):
    assert address(written) == fetched


def test_every_picture_of_a_text_is_found_once_in_its_order():
    text = """![a](https://images.example.org/a.jpg "Titre") [lien](https://images.example.org/lien.jpg)

| x | y |
|---|---|
| ![b][b] | <img alt="c" src='https://images.example.org/c.jpg'> |

![encore](https://images.example.org/a.jpg) `![code](https://images.example.org/code.jpg)` ![à nous](/photo.jpg)

<div><img src="https://images.example.org/d.jpg?x=1&amp;y=2"></div>

[b]: https://images.example.org/b.jpg
"""
    assert in_markdown(text) == tuple(
        f"https://images.example.org/{name}" for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg?x=1&y=2")
    )
    assert in_markdown("Pas d'image, [un lien](https://images.example.org/a.jpg)") == ()
