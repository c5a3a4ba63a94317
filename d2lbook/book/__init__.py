"""Pages go in; a `Book` comes out, if all that they refer to is there."""
