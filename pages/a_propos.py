"""`/a-propos`: who, legal notice, personal data, open data, accessibility."""

import streamlit as st

from ui import blocks, page, privacy

with page.page("/a-propos") as snapshot:
    page.title(f"À propos — {snapshot.site.name}")
    st.html(blocks.about(snapshot, page.now(), privacy.told(snapshot.site, privacy.current.practices)))
