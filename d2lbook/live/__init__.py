"""Chapters go to Jupyter or a browser while an author edits them, and edits come back."""
