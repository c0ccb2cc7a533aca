"""Which addresses exist."""

import io

import pytest
from PIL import Image

from ui import dessins


@pytest.mark.parametrize("path", ["/nulle-part", "/api/", "/api/fiches.xml", "/dessins/inconnu.svg", "/dessins/inconnu.png",
                                  "/icone-7.png", f"/icone-{'9' * 5000}.png", f"/tuiles/{'9' * 5000}/0/0.json"])  # fmt: skip
def test_what_does_not_exist_is_a_404(client, path):
    assert client.get(path).status_code in (301, 404)


def test_a_link_to_a_fiche_without_photo_shows_a_picture(client):
    """A PNG at the size that social networks ask for: none of them takes an SVG."""
    page = client.get("/fiche?f=la-halte").text
    assert '<meta property="og:image" content="http://conso.example/dessins/boulangerie.png">' in page
    answer = client.get("/dessins/boulangerie.png")
    assert ("image/png", dessins.PNG_SIZE) == (answer.headers["content-type"], Image.open(io.BytesIO(answer.content)).size)
