"""The site's colour in Streamlit's own widgets."""

from functools import lru_cache

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from ui import colours

_work_out = app_session._populate_theme_msg


def wear(color: str) -> None:
    """Streamlit's own widgets take the site's colour, `#rrggbb`, in pages opened from now on.

    Each run begins by telling the theme, whose six sections Streamlit gathers from all of its options: from now on what it once gathered is told again.
    """
    config.set_option("theme.light.primaryColor", colours.readable(color, colours.LIGHT))
    config.set_option("theme.dark.primaryColor", colours.readable(color, colours.DARK))
    _section.cache_clear()
    app_session._populate_theme_msg = _populate  # type: ignore[assignment]


def _populate(message: CustomThemeConfig, section: str = "theme") -> None:
    if (known := _section(section)).ByteSize():
        message.MergeFrom(known)


@lru_cache
def _section(section: str) -> CustomThemeConfig:
    message = CustomThemeConfig()
    _work_out(message, section)
    return message
