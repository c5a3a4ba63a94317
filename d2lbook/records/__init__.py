"""What a notebook gave goes in; a `Record` is kept, and found again while it holds."""
