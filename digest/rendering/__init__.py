"""An issue → an email; same in, same bytes out."""
