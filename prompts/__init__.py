"""Prompts as Jinja files; `render(name, **variables)` fills one in."""
