"""What we do, one verb a module; ports in, results out."""
