"""Slide marks and records go in; decks come out, for reveal.js and as notebooks."""
