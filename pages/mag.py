"""`/mag`: the magazine, `/mag?article=…`: one article, `/mag?apercu=…`: what is not online yet."""

import streamlit as st

from ui import blocks, magazine, page

with page.page("/mag") as snapshot:
    slug = page.parameter("article")
    article = next((item for item in magazine.released(snapshot, page.now()) if item.slug == slug), None)
    preview = page.preview(snapshot, "/mag")
    if preview is not None:
        page.title(preview.title)
        st.html(preview.main)
    elif article is not None:
        page.title(f"{article.titre} — {snapshot.site.name}")
        st.html(magazine.article(snapshot, article, page.now()))
    elif slug:
        page.title(f"Cet article n'existe pas — {snapshot.site.name}")
        st.html(blocks.not_found("Cet article n'existe pas", "Il a peut-être changé d'adresse, ou n'est plus publié."))
    else:
        page.title(f"Le Mag — {snapshot.site.name}")
        st.html(magazine.front(snapshot, page.parameter("rubrique"), page.now()))
