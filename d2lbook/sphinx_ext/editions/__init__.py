"""A page's doctree goes in; LaTeX and EPUB of one tab come out."""
