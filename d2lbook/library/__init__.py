"""Cells marked `#@save` go in; a library's files come out, and its wheel."""
