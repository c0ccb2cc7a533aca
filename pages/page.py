"""`/page?p=…`: a standing page that the team keeps in the tab «Mag»; with `apercu`, one that is not online yet."""

from ui import blocks, magazine, page
from words import _

slug = page.parameter("p")
with page.page(f"/page?p={slug}") as snapshot:
    item = snapshot.article(slug, "page")
    preview = page.preview(snapshot, "/page")
    if preview is not None:
        page.title(preview.title)
        page.write(preview.main)
    elif item is None or not item.is_out(page.now()):
        page.title(_("Cette page n'existe pas"), snapshot)
        sentence = _("Elle a peut-être changé d'adresse, ou n'est plus publiée.")
        page.write(blocks.not_found(_("Cette page n'existe pas"), sentence))
    else:
        page.title(item.titre, snapshot)
        page.write(magazine.article(snapshot, item, page.now()))
