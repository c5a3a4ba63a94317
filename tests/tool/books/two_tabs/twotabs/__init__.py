"""Saved source code for the book."""

__version__ = "0.16.1"
