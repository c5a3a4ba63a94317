"""A script that the notebooks need beside them."""
