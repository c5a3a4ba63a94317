"""What is around the pages of a site: search, navigation, styles, links to hosts."""
