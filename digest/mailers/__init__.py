"""Who carries our mail."""
