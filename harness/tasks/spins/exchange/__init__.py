"""Other people's file formats: one file each, read into our types or written from them."""
