"""A picture as it came → the copies that the site holds: WebP, at two widths, with nothing in them but what is seen."""

import hashlib
import io
import threading

from PIL import Image, ImageCms

from fields.picture import WIDTHS, Picture

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""Told by content, whatever the address or the other site says."""
LARGEST_PIXELS = 40_000_000
_QUALITY = 80
_TALLEST = 2
"""Times the width: a taller picture is made smaller until it fits."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets each EXIF orientation right; from 5 on, width and height change places."""
_ORIENTATION = 0x0112
_one_at_a_time = threading.Lock()
"""A picture of 40 million pixels takes 160 MB while it is read."""


class NotAPicture(Exception):
    """The message is French, for who wrote the address."""


def copies(content: bytes) -> tuple[Picture, dict[str, bytes]]:
    """The picture's name, and its files by path. Raises NotAPicture."""
    with _one_at_a_time:
        try:
            seen = _seen(content)
            large = _webp(seen)
            picture = Picture(hashlib.blake2b(large, digest_size=10).hexdigest(), *seen.size)
            small = picture.small
            files = {picture.path: large}
            if small != picture:
                files[small.path] = _webp(seen.resize(small[1:], Image.Resampling.LANCZOS))
        except NotAPicture:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture(_too_many("beaucoup")) from None
        except Exception as error:  # what a decoder raises on hostile bytes is anything
            raise NotAPicture("ce n'est pas une image que le site sait lire (JPEG, PNG, WebP, GIF ou AVIF)") from error
    return picture, files


def _seen(content: bytes) -> Image.Image:
    """The first image of the file, upright, in the web's colours, no wider than the widest copy, and bare of all else."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > LARGEST_PIXELS:
            raise NotAPicture(_too_many(f"{image.width * image.height // 1_000_000} millions"))
        orientation = image.getexif().get(_ORIENTATION, 1)
        box = (WIDTHS[1], _TALLEST * WIDTHS[1]) if orientation < 5 else (_TALLEST * WIDTHS[1], WIDTHS[1])
        image.draft("RGB", box)
        image.load()
        profile = image.info.get("icc_profile")
        plain: Image.Image = image if image.mode == "CMYK" else image.convert("RGBA" if image.has_transparency_data else "RGB")
        plain.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
        seen = _in_srgb(plain, profile)
    if orientation in _UPRIGHT:
        seen = seen.transpose(_UPRIGHT[orientation])
    return seen


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A telephone's colours are wider than the web's: without its profile a picture would fade."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that cannot be read: the numbers are taken as they are
    return image.convert(mode)


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def _too_many(found: str) -> str:
    return f"trop de points : {found}, {LARGEST_PIXELS // 1_000_000} millions au plus"
