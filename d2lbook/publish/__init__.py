"""A book and its records go in; through Sphinx come a site, PDFs and EPUBs."""
