"""d2lbook checks, runs and publishes books written in tabbed Markdown.

Each module imports only from rooms before its own, in the order `BASE`, `ROOMS`, `TOP`.
"""

BASE = ("errors", "values", "sections", "config", "files", "tree", "console", "words")
"""What all rooms build on."""
ROOMS = (
    "source",
    "book",
    "library",
    "records",
    "markup",
    "notebooks",
    "run",
    "publish",
    "sphinx_ext.pages",
    "sphinx_ext.site",
    "sphinx_ext.editions",
    "sphinx_ext",
    "slides",
    "live",
)
"""The way of the data, from a chapter file to what readers get."""
TOP = ("tab", "jupyter", "checks", "new", "steps", "cli", "__main__")
"""What authors and Jupyter call."""
