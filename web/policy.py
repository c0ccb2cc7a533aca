"""What a page may load and run (Content-Security-Policy): nothing, and beside each exception what it is for.

Who may frame it is added by web/guard.py, on every answer.
"""

import base64
import hashlib
import re
from functools import lru_cache

from web.shell import script_hashes

BARE = "default-src 'none'; base-uri 'none'; form-action 'none'"
"""For what is no page: data, pictures, feeds, errors."""
WORKER = "default-src 'none'; connect-src 'self'"
"""For the service worker, which asks the site for the pages it keeps."""
_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.S)


def live(host: str, form: bool = False) -> str:
    """For a page that Streamlit takes over. `host`: the request's own, `""` where it is none. `form`: Google's form stands in it."""
    sockets = f" ws://{host} wss://{host}" if host else ""
    return "; ".join(
        (
            "default-src 'none'",
            # Streamlit's modules; a WebAssembly of its own, without which it complains; the one script in the page, by its hash.
            f"script-src 'self' 'wasm-unsafe-eval' {script_hashes()}",
            # Streamlit (emotion) and the map write styles as they run, under no hash or nonce of ours.
            "style-src 'self' 'unsafe-inline'",
            # KaTeX's and Streamlit's icons' fonts come as data within its style sheet.
            "font-src 'self' data:",
            # The map draws into blobs, and its buttons are data.
            "img-src 'self' data: blob:",
            # 'self' leaves out the websocket in older Safaris. The map fetches its empty style as data.
            f"connect-src 'self' data:{sockets}",
            # MapLibre makes its workers from blobs; ours is /sw.js.
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            f"frame-src {'https://docs.google.com' if form else chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def written(page: bytes) -> str | None:
    """For a page that the server alone wrote: its own styles by their hash, our script if it is in it; None for one that Streamlit takes over."""
    if b'<div id="root"' in page:
        return None
    head = page[: page.find(b"</head>")]
    styles = " ".join(_hash(style) for style in _STYLE.findall(head))
    # Adds favourites' cards, asks for them, keeps pages for when there is no network.
    script = f"script-src {script_hashes()}; connect-src 'self'; worker-src 'self'; " if b"data-sans-streamlit" in page else ""  # fmt: skip
    return (
        # A card's drawing is chosen by an attribute (base.html): it can load nothing but the site's own pictures.
        f"default-src 'none'; {script}style-src {styles or chr(39) + 'none' + chr(39)}; style-src-attr 'unsafe-inline'; "
        # Favourites' hearts and the like are data within the style sheet. /integrer shows what will be framed.
        "font-src 'self'; img-src 'self' data:; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"
    )


@lru_cache(maxsize=64)
def _hash(style: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'"
