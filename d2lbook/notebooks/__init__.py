"""Pages and records go in; the notebooks of authors, readers and hosts come out."""
