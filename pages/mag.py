"""`/mag`: the magazine, `/mag?article=…`: one article, `/mag?apercu=…`: what is not online yet."""

from ui import blocks, magazine, page
from words import _

with page.page("/mag") as snapshot:
    slug = page.parameter("article")
    article = next((item for item in magazine.released(snapshot, page.now()) if item.slug == slug), None)
    preview = page.preview(snapshot, "/mag")
    if preview is not None:
        page.title(preview.title)
        page.write(preview.main)
    elif article is not None:
        page.title(article.titre, snapshot)
        page.write(magazine.article(snapshot, article, page.now()))
    elif slug:
        page.title(_("Cet article n'existe pas"), snapshot)
        sentence = _("Il a peut-être changé d'adresse, ou n'est plus publié.")
        page.write(blocks.not_found(_("Cet article n'existe pas"), sentence))
    else:
        page.title(_("Le Mag"), snapshot)
        page.write(magazine.front(snapshot, page.parameter("rubrique"), page.now()))
