"""Photos become copies of ours, once: what is asked, shown, told, asked again, kept and forgotten."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fields.picture import ours
from sheets import photos
from sheets.fetching import Fetcher
from sheets.photos import Photos
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from sheets.workbook import Workbook
from tests.sheets.pictures import INSIDE, PictureSite, opened, picture, picture_site
from tests.sheets.sheets import Embedded, Tab, fiches, mag, stored, table


@pytest.fixture
def elsewhere() -> Iterator[PictureSite]:
    with picture_site() as running:
        running.has("/four.jpg", picture(1600, 900))
        running.has("/marche.png", picture(800, 600, "PNG", "#228855"))
        yield running


class Site(Embedded):
    """A workbook whose process may go to the loopback site."""

    def __init__(self, folder: Path, elsewhere: PictureSite, tab: Tab, **tabs: Tab):
        self.elsewhere = elsewhere
        self.url = str(folder / "store")
        super().__init__(folder, {"Réponses au formulaire 1": tab, **tabs})

    def restart(self) -> None:
        self.settings = replace(self.settings, store=self.url)
        self.workbook = Workbook(self.path, self.folder / "var")
        self.store = Store(self.url)
        self.sync = Sync(self.settings, Live(), self.store, self.workbook, Photos(self.store, self.elsewhere.fetcher()))
        self.sync.restore()

    def turn(self) -> dict[str, str]:
        """One pass and its learning; the photo of each fiche, by name."""
        self.sync.once()
        self.sync.finish_learning()
        return {name: fiche["photo"] for name, fiche in fiches(self.sync).items()}

    @property
    def files(self) -> list[str]:
        return sorted(self.store.names("photos"))

    @property
    def paths(self) -> list[str]:
        return sorted(f"/photos/{name}" for name in self.files)

    @property
    def remembered(self) -> list[list[Any]]:
        content = self.store.get(photos.FILE)
        return list(json.loads(content)["answers"].values()) if content else []

    def told(self) -> dict[str, str]:
        """What «Suivi» says at the next pass, by name."""
        self.sync.once()
        return {line.name: line.to_mend for line in self.suivi()}


@pytest.fixture
def site(elsewhere: PictureSite, tmp_path: Path) -> Site:
    return Site(tmp_path, elsewhere, table([lyse(elsewhere.url("/four.jpg")), BARE]))


def lyse(photo: str, **more: Any) -> Mapping[str, Any]:
    return {"Nom": "Chez Lyse", "Photo": photo, **more}


BARE = {"Nom": "Sans photo", "Photo": "", "Horodateur": 46330.5}


def pages_of(elsewhere: PictureSite) -> list[str]:
    return sorted(path for _, path in elsewhere.asked)


# What is shown


def test_a_photo_becomes_two_copies_of_ours(site: Site) -> None:
    online = site.turn()
    copy = ours(online["Chez Lyse"])
    assert copy is not None
    assert (copy.width, copy.height, online["Sans photo"]) == (1200, 675, "")
    assert site.paths == sorted((copy.path, copy.small.path))
    content = site.store.get(copy.small.path.removeprefix("/"))
    assert content is not None
    assert (opened(content).format, opened(content).size) == ("WEBP", (480, 270))


def test_a_pass_waits_for_no_photo(site: Site) -> None:
    """It says at once where the photo stands; the pages show the drawing until ours is there."""
    site.sync.once()
    assert fiches(site.sync)["Chez Lyse"]["photo"] in (site.elsewhere.url("/four.jpg"), site.turn()["Chez Lyse"])


@pytest.mark.slow
def test_each_address_is_fetched_once(site: Site) -> None:
    site.write(
        table(
            [
                lyse(site.elsewhere.url("/four.jpg")),
                {**lyse(site.elsewhere.url("/four.jpg")), "Nom": "Aussi", "Horodateur": 46331.5},
            ]
        )
    )
    first = site.turn()
    site.restart()
    assert (site.turn(), site.turn()) == (first, first)
    assert pages_of(site.elsewhere) == ["/four.jpg"]
    assert first["Chez Lyse"] == first["Aussi"] != ""


def test_nothing_that_waits_for_a_tick_is_fetched(elsewhere: PictureSite, tmp_path: Path) -> None:
    Site(tmp_path, elsewhere, table([lyse(elsewhere.url("/four.jpg"), approved=False)])).turn()
    assert elsewhere.asked == []


@pytest.mark.slow
def test_what_a_volunteer_approved_stays_when_the_other_site_changes_it(site: Site) -> None:
    """Another picture is another address, and another tick."""
    first = site.turn()
    site.elsewhere.has("/four.jpg", picture(color="#000000"))
    site.restart()
    assert site.turn() == first


@pytest.mark.slow
def test_an_edited_fiche_keeps_its_approved_photo_until_the_new_one_is(site: Site) -> None:
    first = site.turn()["Chez Lyse"]
    edited = lyse(site.elsewhere.url("/marche.png"), Horodateur=46340.5)
    site.write(table([edited, BARE]))
    assert site.turn()["Chez Lyse"] == first
    assert [line.changed for line in site.suivi() if line.name == "Chez Lyse"] == [
        f"Photo : celle du site → {site.elsewhere.url('/marche.png')}"
    ]
    assert pages_of(site.elsewhere) == ["/four.jpg"]
    site.restart()
    assert site.turn()["Chez Lyse"] == first
    site.write(table([{**edited, "approved": False}, BARE]))
    site.turn()
    site.write(table([edited, BARE]))
    assert site.turn()["Chez Lyse"] not in (first, "")
    assert len(site.files) == 4 - 2


@pytest.mark.slow
def test_a_photo_that_did_not_change_is_not_told_as_changed(site: Site) -> None:
    site.turn()
    site.write(table([lyse(site.elsewhere.url("/four.jpg"), Horodateur=46340.5, Description="Un four à bois"), BARE]))
    site.turn()
    assert [line.changed for line in site.suivi() if line.name == "Chez Lyse"] == ["Description : rien → Un four à bois"]


# What fails


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/absente.jpg", "la photo ne s'ouvre pas (404)"),
        ("/page.jpg", "ce n'est pas une image que le site sait lire (JPEG, PNG, WebP, GIF ou AVIF)"),
        ("/lourde.jpg", "trop grande : 12 Mo, 8 au plus"),
        ("/metadata", "cette adresse ne mène pas à un site public"),
    ],
)
def test_what_fails_is_told_to_the_volunteers_and_shows_the_drawing(site: Site, path: str, told: str) -> None:
    site.elsewhere.has("/page.jpg", b"<html>Connectez-vous", headers={"Content-Type": "image/jpeg"})
    site.elsewhere.has("/lourde.jpg", b"", length=12_000_000)
    site.elsewhere.sends_to("/metadata", "http://169.254.169.254/latest/")
    url = site.elsewhere.url(path)
    site.write(table([lyse(url), BARE]))
    assert site.turn()["Chez Lyse"] == ""
    assert site.told()["Chez Lyse"] == f"«Photo» : «{url}» — {told}"
    assert [str(problem) for problem in site.sync.check()] == [f"Réponses au formulaire 1, ligne 2, «Photo» : «{url}» — {told}"]
    assert site.files == []


def test_a_file_of_drive_that_is_not_shared_says_how(elsewhere: PictureSite) -> None:
    answer = photos._failed(
        "https://drive.google.com/thumbnail?id=1AbC&sz=w1000", photos.NotFetched("la photo ne s'ouvre pas (403)"), None
    )
    assert (
        answer.fault
        == "la photo ne s'ouvre pas (403) ; dans Google Drive, partagez ce fichier à «Tous les utilisateurs disposant du lien»"
    )


def ask_again(site: Site) -> None:
    """As if the wait after the last failure were over."""
    known = site.sync._photos._known()
    site.sync._photos._answers = {key: each._replace(again=datetime.now(UTC)) for key, each in known.items()}


@pytest.mark.slow
def test_a_site_that_is_down_keeps_the_address_for_open_data_and_is_told_if_it_lasts(site: Site) -> None:
    site.elsewhere.has("/four.jpg", b"", status=503)
    for told in ("", "", "(503)"):
        assert site.turn()["Chez Lyse"] == site.elsewhere.url("/four.jpg")
        site.turn()
        assert told in site.told().get("Chez Lyse", "")
        assert bool(site.told().get("Chez Lyse")) == bool(told)
        ask_again(site)


@pytest.mark.slow
def test_a_failure_is_asked_again_ever_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.elsewhere.has("/four.jpg", b"", status=404)
    waits = []
    for _ in range(8):
        site.turn()
        before = len(site.elsewhere.asked)
        site.restart()
        site.turn()
        assert len(site.elsewhere.asked) == before
        (answer,) = site.remembered
        waits.append(round((datetime.fromisoformat(answer[4]) - datetime.now(UTC)) / timedelta(minutes=1)))
        ask_again(site)
    assert waits[:5] == pytest.approx([10, 40, 160, 640, 2560], abs=1)
    assert waits[-1] == pytest.approx(7 * 24 * 60, abs=1)


def test_a_failure_mends_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_FIRST_WAIT", timedelta(0))
    site.elsewhere.has("/four.jpg", b"", status=503)
    site.turn()
    site.elsewhere.has("/four.jpg", picture())
    assert ours(site.turn()["Chez Lyse"])
    assert site.told()["Chez Lyse"] == ""


def test_a_blocked_host_is_never_asked_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_FIRST_WAIT", timedelta(0))
    site.write(table([lyse(site.elsewhere.url("/four.jpg", INSIDE)), BARE]))
    asked = []
    get = Fetcher.get
    monkeypatch.setattr(Fetcher, "get", lambda *given: asked.append(given[1]) or get(*given))
    assert [site.turn()["Chez Lyse"] for _ in range(3)] == [""] * 3
    assert len(asked) == 1


@pytest.mark.slow
def test_a_slow_site_does_not_hold_up_the_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos.fetching, "SECONDS", 1.0)
    site.elsewhere.has("/goutte.jpg", picture(), drip_seconds=0.2)
    rows = [
        lyse(site.elsewhere.url("/goutte.jpg")),
        {**lyse(site.elsewhere.url("/four.jpg")), "Nom": "Vite", "Horodateur": 46331.5},
    ]
    site.write(table(rows))
    online = site.turn()
    assert (ours(online["Vite"]) is not None, ours(online["Chez Lyse"])) == (True, None)


# What is kept and forgotten


def test_a_withdrawn_fiche_leaves_no_photo_behind(site: Site) -> None:
    site.turn()
    assert len(site.files) == 2
    site.write(table([lyse(site.elsewhere.url("/four.jpg"), approved=False), BARE]))
    site.turn()
    assert (site.files, site.remembered) == ([], [])
    assert b"/four.jpg" not in stored(Path(site.url))


@pytest.mark.slow
def test_a_photo_shared_with_another_fiche_stays(site: Site) -> None:
    other = {**lyse(site.elsewhere.url("/four.jpg")), "Nom": "Aussi", "Horodateur": 46331.5}
    site.write(table([lyse(site.elsewhere.url("/four.jpg")), other]))
    site.turn()
    site.write(table([other]))
    assert ours(site.turn()["Aussi"])
    assert len(site.files) == 2


@pytest.mark.slow
def test_a_photo_withdrawn_while_it_is_fetched_does_not_stay(site: Site) -> None:
    """The pass that withdraws it comes between the fetching and the showing."""
    waiting = site.sync._photos.wanting([{"photo": site.elsewhere.url("/four.jpg")}])
    site.write(table([BARE]))
    site.sync.once()
    assert site.sync._photos.learn(waiting, until=time.monotonic() + 30)
    assert len(site.files) == 2
    site.sync._show_learnt()
    assert (site.files, site.remembered) == ([], [])


@pytest.mark.slow
def test_stray_files_go_and_a_lost_copy_is_fetched_again(site: Site) -> None:
    first = site.turn()
    site.store.put("photos/inconnue.webp", b"x")
    site.store.remove(first["Chez Lyse"].removeprefix("/"))
    site.restart()
    site.sync.once()
    assert "inconnue.webp" not in site.files
    site.sync.finish_learning()
    assert site.turn() == first
    assert len(site.files) == 2


@pytest.mark.slow
def test_a_store_that_cannot_be_read_loses_no_photo(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = site.turn()
    site.restart()
    get = Store.get

    def failing(store: Store, name: str) -> bytes | None:
        if name == photos.FILE:
            raise PermissionError("not now")
        return get(store, name)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "get", failing)
        site.sync.once()
    assert len(site.files) == 2
    assert site.turn() == first
    assert set(pages_of(site.elsewhere)) == {"/four.jpg"}


@pytest.mark.slow
def test_a_memory_that_cannot_be_read_is_made_again(site: Site) -> None:
    first = site.turn()
    for spoilt in (b"", b"{}", b'{"version":1,"answers":{"a":["/etc/passwd","",true,0,null]}}', b'{"version":2,"answers":{}}'):
        site.store.put(photos.FILE, spoilt)
        site.restart()
        assert site.turn() == first


@pytest.mark.slow
def test_a_full_disk_is_no_fault_of_the_pass(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Store.put

    def full(store: Store, name: str, content: bytes) -> None:
        if name.startswith("photo"):
            raise OSError(28, "No space left on device")
        put(store, name, content)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "put", full)
        assert ours(site.turn()["Chez Lyse"]) is None
    assert ours(site.turn()["Chez Lyse"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "file"])
def test_any_store_of_fsspec_holds_photos(elsewhere: PictureSite, tmp_path: Path, kind: str) -> None:
    url = f"memory://{tmp_path.name}" if kind == "memory" else f"file://{tmp_path}/autre"
    site = Site(tmp_path, elsewhere, table([lyse(elsewhere.url("/four.jpg"))]))
    site.url = url
    site.restart()
    assert ours(site.turn()["Chez Lyse"])
    assert len(site.files) == 2
    site.write(table([lyse(elsewhere.url("/four.jpg"), approved=False)]))
    site.turn()
    assert site.files == []
    assert site.store.get("snapshot.parquet") is not None


# The team's own pages


@pytest.mark.slow
def test_pictures_of_articles_and_site_are_copies_too(elsewhere: PictureSite, tmp_path: Path) -> None:
    elsewhere.has("/logo.png", picture(100, 100, "PNG"))
    text = (
        f"Venez !\n\n![Le marché]({elsewhere.url('/marche.png')})\n\n<img src='{elsewhere.url('/absente.png')}' alt='Perdue'>"
    )
    line = {"titre": "Le marché", "texte": text, "image": elsewhere.url("/four.jpg"), "publié": True}
    hidden = {"titre": "Brouillon", "texte": f"![x]({elsewhere.url('/brouillon.png')})", "publié": False}
    tabs = {
        "Mag": mag(line, hidden),
        "Réglages": [
            ["clé", "valeur"],
            ["logo", elsewhere.url("/logo.png")],
            ["à propos", f"![a]({elsewhere.url('/nous.png')})"],
        ],
    }
    site = Site(tmp_path, elsewhere, table([BARE]), **tabs)
    site.turn()
    shown = site.sync.live.snapshot
    assert shown is not None
    assert (ours(shown.articles[0].image), ours(shown.site.logo)) != (None, None)
    assert [(address, ours(path) is not None) for address, path in shown.pictures] == [(elsewhere.url("/marche.png"), True)]
    assert "/brouillon.png" not in pages_of(elsewhere)
    assert len(shown.photos) == 3
    told = [str(problem) for problem in site.sync.check()]
    assert told == [
        f"Réglages, ligne 3, «à propos» : «{elsewhere.url('/nous.png')}» — la photo ne s'ouvre pas (404)",
        f"Mag, ligne 2, «texte» : «{elsewhere.url('/absente.png')}» — la photo ne s'ouvre pas (404)",
    ]
    site.restart()
    assert site.sync.live.snapshot is not None
    assert site.sync.live.snapshot.pictures == shown.pictures
    site.write(mag(), "Mag")
    site.turn()
    assert list(site.files) == [path.rpartition("/")[2] for path in sorted(site.sync.live.snapshot.photos)]


def test_without_network_a_pass_is_quick_and_the_site_whole(tmp_path: Path, elsewhere: PictureSite) -> None:
    site = Site(tmp_path, elsewhere, table([lyse("https://images.example.org/a.jpg"), BARE]))
    assert site.turn()["Chez Lyse"] == "https://images.example.org/a.jpg"
    assert site.told().get("Chez Lyse", "") == ""
