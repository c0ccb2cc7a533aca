"""`/page?p=…`: a standing page that the team keeps in the tab «Mag»; with `apercu`, one that is not online yet."""

import streamlit as st

from ui import blocks, magazine, page

slug = page.parameter("p")
with page.page(f"/page?p={slug}") as snapshot:
    item = snapshot.article(slug, "page")
    preview = page.preview(snapshot, "/page")
    if preview is not None:
        page.title(preview.title)
        st.html(preview.main)
    elif item is None or not item.is_out(page.now()):
        page.title(f"Cette page n'existe pas — {snapshot.site.name}")
        st.html(blocks.not_found("Cette page n'existe pas", "Elle a peut-être changé d'adresse, ou n'est plus publiée."))
    else:
        page.title(f"{item.titre} — {snapshot.site.name}")
        st.html(magazine.article(snapshot, item, page.now()))
