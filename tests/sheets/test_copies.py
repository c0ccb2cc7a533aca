"""A picture as it came becomes two WebP files with nothing in them but what is seen; what is no picture, or too much of one, is told."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from fields.picture import ours
from sheets.copies import NotAPicture, copies
from tests.sheets.pictures import opened, picture


def sizes(content: bytes) -> dict[str, tuple[int, int]]:
    """Of the files, by path."""
    _, files = copies(content)
    assert all(opened(file).format == "WEBP" for file in files.values())
    return {path: opened(file).size for path, file in files.items()}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_each_kind_of_the_web_is_read(kind: str) -> None:
    assert list(sizes(picture(1600, 1000, kind)).values()) == [(1200, 750), (480, 300)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "made"),
    [
        (3000, 2000, [(1200, 800), (480, 320)]),
        (1000, 500, [(1000, 500), (480, 240)]),
        (480, 300, [(480, 300)]),
        (20, 10, [(20, 10)]),
        (1, 1, [(1, 1)]),
        (1000, 8000, [(300, 2400)]),
        (9000, 3, [(1200, 1), (480, 1)]),
    ],
)
def test_a_copy_is_never_wider_than_a_page_nor_than_its_original(width: int, height: int, made: list[tuple[int, int]]) -> None:
    assert list(sizes(picture(width, height, "PNG")).values()) == made


def test_a_path_tells_what_it_leads_to() -> None:
    found = sizes(picture(1333, 777))
    assert found == {path: (held.width, held.height) for path in found if (held := ours(path))}


def test_one_content_has_one_name() -> None:
    assert copies(picture(color="#112233"))[0] == copies(picture(color="#112233"))[0]
    assert copies(picture(color="#112233"))[0] != copies(picture(color="#445566"))[0]


PLACE = {1: "N", 2: (47.0, 28.0, 16.0), 3: "W", 4: (0.0, 33.0, 8.0)}


def private_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "TELEPHONE-DE-LYSE"
    exif[0x013B] = "LYSE-MARTIN"
    exif.get_ifd(0x8825).update(PLACE)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_neither_place_nor_owner_nor_profile_stays(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    original = picture(
        kind=kind,
        exif=private_exif(),
        icc_profile=profile,
        **({} if kind == "PNG" else {"xmp": b"<x:xmpmeta>LYSE-MARTIN</x:xmpmeta>"}),
    )
    assert b"LYSE-MARTIN" in original
    for file in copies(original)[1].values():
        for trace in (b"LYSE", b"TELEPHONE", b"EXIF", b"Exif", b"XMP", b"xmp", b"ICCP", b"GPS"):
            assert trace not in file
        assert opened(file).info.keys() <= {"loop", "background", "timestamp", "duration"}
        assert not opened(file).getexif()


def test_a_comment_goes_too() -> None:
    assert all(b"LYSE" not in file for file in copies(picture(comment=b"LYSE"))[1].values())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation: int) -> None:
    """A red corner at the top left once seen upright, however the camera was held."""
    upright = Image.new("RGB", (600, 400), "white")
    upright.paste("red", (0, 0, 200, 100))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes each
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    content = io.BytesIO()
    stored.save(content, "JPEG", exif=private_exif(orientation), quality=95)
    picture_, files = copies(content.getvalue())
    seen = opened(files[picture_.path]).convert("RGB")
    assert seen.size == (600, 400)
    assert [seen.getpixel(at)[1] < 60 for at in ((20, 20), (580, 20), (20, 380), (580, 380))] == [True, False, False, False]


def test_a_logo_keeps_its_transparency_and_a_palette_its_colours() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (300, 300), (200, 30, 30, 0)).save(content, "PNG")
    assert opened(next(iter(copies(content.getvalue())[1].values()))).mode == "RGBA"
    for mode in ("1", "L", "P", "CMYK", "I;16", "LA"):
        content = io.BytesIO()
        Image.new(mode, (700, 300)).save(content, "JPEG" if mode == "CMYK" else "PNG")
        assert len(copies(content.getvalue())[1]) == 2


def test_wide_colours_become_those_of_the_web() -> None:
    """The same numbers under another profile are another colour."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert copies(picture(icc_profile=lab))[0]
    assert copies(picture(icc_profile=b"no profile at all"))[0]


def test_the_first_image_of_an_animation_is_shown() -> None:
    content = io.BytesIO()
    frames = [Image.new("RGB", (600, 300), color) for color in ("red", "blue")]
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    picture_, files = copies(content.getvalue())
    seen = opened(files[picture_.path])
    assert (getattr(seen, "n_frames", 1), seen.convert("RGB").getpixel((9, 9))[0] > 200) == (1, True)


# What is refused


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [b"", b"<!DOCTYPE html><p>Connectez-vous", SVG, b"\x1f\x8b" + SVG, b"GIF89a", b"%PDF-1.7", b"\xff\xd8\xff\xe0" * 50, b"RIFF\0\0\0\0WEBPVP8 ", picture()[:900]],
    ids=["nothing", "a page", "SVG", "packed", "a start", "PDF", "false JPEG", "false WebP", "cut short"],
)  # fmt: skip
def test_what_is_no_picture_is_told(content: bytes) -> None:
    with pytest.raises(NotAPicture, match="ce n'est pas une image"):
        copies(content)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "JPEG2000"])
def test_other_kinds_are_refused_whatever_their_name(kind: str) -> None:
    """Each decoder is one more way in."""
    with pytest.raises(NotAPicture, match="ce n'est pas une image"):
        copies(picture(64, 64, kind))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("side", "told"),
    [(7000, "trop de points : 49 millions, 40 millions au plus"), (60_000, "trop de points : beaucoup, 40 millions au plus")],
)
def test_a_bomb_is_refused_before_it_is_opened(side: int, told: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        copies(bomb(side, side))
    assert str(refused.value) == told
