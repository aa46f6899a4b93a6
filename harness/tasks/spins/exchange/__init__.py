"""File formats of other programs: one module each, read into our types or written from them."""
