"""Which addresses are ours."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Route


class Addresses:
    def __init__(self, routes: Iterable[BaseRoute]):
        ours = [route for route in routes if isinstance(route, Route)]
        self._plain = {route.path for route in ours if "{" not in route.path}
        self._shaped = [(route.path_regex, route.path) for route in ours if "{" in route.path]

    def route(self, path: str) -> str | None:
        """The route of a path, as it is written, e.g. `/photos/{name}.webp`; None where it is none of ours."""
        if path in self._plain:
            return path
        return next((written for shape, written in self._shaped if shape.match(path)), None)
