"""d2lbook checks, runs and publishes books written in tabbed Markdown."""
