"""The HTTP edge: what the links in a mail lead to."""
