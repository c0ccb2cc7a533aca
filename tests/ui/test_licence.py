"""Where the text of a licence stands."""

import pytest

from ui import licence


@pytest.mark.parametrize(("name", "url"), [
    ("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    ("licence  ouverte", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    ("Licence Ouverte / Open Licence 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    ("Etalab 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    ("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ("CC-BY", "https://creativecommons.org/licenses/by/4.0/deed.fr"),
    ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/deed.fr"),
    ("Creative Commons BY-NC-SA 3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/deed.fr"),
    ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/deed.fr"),
    ("Selon accord", ""), ("", ""), ("cc by-je-ne-sais-quoi", ""), ("<script>", ""),
])  # fmt: skip
def test_a_licence_that_people_know_has_an_address(name, url):
    """However it is spelt; one that is not known has none."""
    assert url == licence.address(name)
