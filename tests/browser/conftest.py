"""The fixtures of the browser tests."""

from browser_fixtures import base, chromium, folder, opened

__all__ = ["base", "chromium", "folder", "opened"]
