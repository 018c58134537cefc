"""Pages for the public, without login: a station by its code, published suggestions."""
