"""Articles' pictures are the site's own copies; where there is none, the words that stand for it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.tries import tries
from ui.markdown import to_html, to_text

A, B = "https://images.example.org/a.jpg", "https://images.example.org/b.jpg?x=1&y=2"
OURS = "/photos/0123456789abcdef0123-1200x800.webp"
SMALL = "/photos/0123456789abcdef0123-480x320.webp"


def test_a_picture_is_our_copy_and_keeps_its_place():
    html = to_html(f'![Le four]({A} "À pain")', pictures=((A, OURS),))
    for part in (
        f'src="{OURS}"',
        f'srcset="{SMALL} 480w, {OURS} 1200w"',
        'width="1200" height="800"',
        'loading="lazy"',
        'decoding="async"',
        'alt="Le four"',
        'title="À pain"',
    ):
        assert part in html
    assert "example.org" not in html


def test_an_address_written_as_html_or_with_parameters_is_found():
    html = to_html(f"<img src='{B}' alt=\"b\">\n\n![b]({B})", pictures=((B, OURS),))
    assert html.count(f'src="{OURS}"') == 2


def test_a_picture_that_was_not_fetched_leaves_its_words():
    html = to_html(
        f'Avant ![Le four > "à" <pain>]({A}) après <img src="{A}" alt="a &lt;script&gt;alert(1)&lt;/script&gt;"> <img src="{A}">'
    )
    assert "<img" not in html
    assert "Avant Le four &gt; &quot;à&quot; &lt;pain&gt; après a &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert to_text(f"![Le four]({A}) est chaud") == "Le four est chaud"


def test_a_picture_of_our_own_site_stays_and_none_of_another():
    assert 'src="/photo.jpg"' in to_html("![p](/photo.jpg)")
    for other in ("//images.example.org/a.jpg", "/\\images.example.org/a.jpg", "data:image/png;base64,iVBO", "a.jpg"):
        assert "<img" not in to_html(f'<img src="{other}" alt="x">')


def test_a_feed_gets_one_absolute_address():
    html = to_html(f"![p]({A}) ![q](/photo.jpg)", "https://conso.example", ((A, OURS),))
    assert f'src="https://conso.example{OURS}"' in html
    assert "srcset" not in html
    assert 'src="https://conso.example/photo.jpg"' in html


PIECES = st.sampled_from(
    [
        "![",
        "](",
        ")",
        A,
        B,
        "<img src=",
        "'",
        '"',
        ">",
        " alt=",
        "<",
        "&quot;",
        "[x]: ",
        "\n\n",
        "//evil.example/a.png",
        "/photo.jpg",
        "srcset=",
        "|",
        "`",
        "javascript:",
    ]
)


@tries(80)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_whatever_is_written_no_picture_comes_from_elsewhere(text):
    for pictures in ((), ((A, OURS), (B, OURS))):
        for source in re.findall(r"<img [^>]*?\bsrc(?:set)?=\"([^\"]*)\"", to_html(text, pictures=pictures)):
            assert re.match(r"/(?![/\\])", source)
