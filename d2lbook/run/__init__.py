"""Notebooks without a record go in; kernels run them, and their records come out."""
