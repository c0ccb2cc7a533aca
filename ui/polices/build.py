"""Derives `ui/polices/titres.woff2` from Fraunces (SIL Open Font License 1.1): one weight, the letters of French.

npm pack @fontsource-variable/fraunces@5.3.0 && tar xzf fontsource-variable-fraunces-5.3.0.tgz
python -m venv ft && ft/bin/pip install fonttools brotli
ft/bin/python ui/polices/build.py package/files/fraunces-latin-full-normal.woff2
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    0x152,
    0x153,
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2026,
    0x202F,
    0x20AC,
]
STYLE = {"opsz": 36, "wght": 600, "SOFT": 60, "WONK": 0}

font = instantiateVariableFont(TTFont(sys.argv[1]), STYLE)
chosen = Options()
chosen.flavor, chosen.hinting, chosen.layout_features = "woff2", False, ["kern", "liga", "lnum", "pnum"]
subsetter = Subsetter(chosen)
subsetter.populate(unicodes=LETTERS)
subsetter.subset(font)
font.flavor = "woff2"
font.save(Path(__file__).with_name("titres.woff2"))
