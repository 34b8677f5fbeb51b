"""When things happen; what happens is in digest.services."""
