"""Blocks, formulas, works and outputs go in; the markup that others read comes out."""
