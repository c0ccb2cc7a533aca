"""Chromium, for the visitor whose machine dies."""

from tests.browser.conftest import chromium, page

__all__ = ["chromium", "page"]
