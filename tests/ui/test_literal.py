"""Other people's words where Streamlit reads Markdown: they stay as they are, by a reader of CommonMark that is not ours to mend."""

import ast
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.hostile import corpus
from ui.markdown import literal

READER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
PAGES = Path(__file__).resolve().parents[2]
REPLACED = re.compile(
    r":[\w+-][\w+-]*:|:[a-z-]+\[|:material[/_]|:streamlit:|https?://|www\.|[\w.+-]@\w|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.I,
)
"""What Streamlit 1.67 looks for in text that is read already: static/js/StreamlitMarkdown."""


@pytest.mark.parametrize(
    "text", [*corpus.TEXTS.values(), "1. a", "1) a", "- a", "+ a", "a-b_c", "L'Épi & fils (12 %)", "a:b", ":+1:", "10 h:30"]
)
def test_words_stay_words(text):
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    if len(text) > 3000:
        text = text[:3000]
    tokens = READER.parse(literal(text))
    inline = [child for token in tokens for child in token.children or ()]
    assert {"paragraph_open", "inline", "paragraph_close"} >= {token.type for token in tokens}
    assert {"text", "text_special"} >= {child.type for child in inline}
    read = "".join(child.content for child in inline)
    assert read.replace("\u2060", "") == " ".join(text.split()).replace("\u2060", "")
    assert not REPLACED.search(read)
    assert not REPLACED.search(literal(text).replace("\\", ""))


def test_plain_words_are_not_touched():
    for name in ("Boulangerie des Lices", "L'Épi d'Or, chez Jo !", "Ferme du Bois-Joli", "Nom : cinq chiffres attendus."):
        assert literal(name) == name


_READS_MARKDOWN = {"markdown", "write", "caption", "info", "error", "warning", "success", "button", "toggle", "checkbox", "radio", "header", "title", "subheader",
                   "segmented_control", "expander", "selectbox", "multiselect", "text_input", "text_area", "form_submit_button", "toast", "metric", "slider", "link_button"}  # fmt: skip
_OURS = re.compile(
    r"^_\((?:'[^']*'|\"[^\"]*\")\)$|literal\(|counter\.waiting\(\)|refused\.get\(''|count\b|len\(|MOST_REPORTS|submission\.row|decision\.state|value|column\.header|column\.help|column\.required|schema\.|label$|title$|said$|entry\.waits"
)
"""What may stand in such a text: made literal here, or words and numbers of our own."""


def test_no_page_gives_streamlit_another_persons_words():
    """The first argument of every call that reads Markdown is ours, or made literal."""
    strange = []
    for path in (*(PAGES / "pages").glob("*.py"), *(PAGES / "ui").glob("*.py")):
        if "import streamlit" not in path.read_text("utf-8"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _READS_MARKDOWN
                and node.args
            ):
                if not isinstance(node.func.value, ast.Name) or node.func.value.id in (
                    "blocks",
                    "linked",
                    "self",
                    "page",
                    "home",
                    "magazine",
                    "legend",
                ):
                    continue
                given = node.args[0]
                while isinstance(given, ast.Call) and ast.unparse(given.func) in ("typeset", "_"):  # spaces, words of the site
                    given = given.args[0]
                if isinstance(given, ast.Call) and ast.unparse(given).startswith(("_(", "ngettext(")) and ast.unparse(given.func).endswith(".format"):  # fmt: skip
                    parts = [each.value for each in given.keywords]
                else:
                    parts = (
                        [each.value for each in given.values if isinstance(each, ast.FormattedValue)]
                        if isinstance(given, ast.JoinedStr)
                        else [given]
                    )
                parts = [
                    each for part in parts for each in ((part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,))
                ]
                strange += [
                    f"{path.name}:{node.lineno} {ast.unparse(part)}"
                    for part in parts
                    if not isinstance(part, ast.Constant) and not _OURS.search(ast.unparse(part))
                ]
    assert [] == strange
