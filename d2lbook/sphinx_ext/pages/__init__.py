"""What is in a page: tabs, folded parts, formulas, references, citations, numbers."""
