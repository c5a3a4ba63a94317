"""The text of a chapter file goes in; a `Page` comes out, and each tab's cells of it."""
