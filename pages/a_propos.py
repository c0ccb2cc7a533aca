"""`/a-propos`: who, legal notice, personal data, open data, accessibility."""

from ui import blocks, page, privacy
from words import _

with page.page("/a-propos") as snapshot:
    page.title(_("À propos"), snapshot)
    page.write(blocks.about(snapshot, page.now(), privacy.told(snapshot.site, privacy.current.practices)))
