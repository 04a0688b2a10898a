"""One reader per format: the bytes of a file in, a Document of lines out."""
