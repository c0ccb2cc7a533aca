"""Our routes, answered ahead of Streamlit's session, packing and path checks: these have nothing to do for them, and are half of a page's cost."""

from collections.abc import Sequence

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class Direct:
    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]):
        """`app` has every address that is not of `routes`."""
        self._streamlit = app
        self._ours = ExceptionMiddleware(Router(routes, redirect_slashes=False, default=app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._ours if scope["type"] == "http" else self._streamlit)(scope, receive, send)
