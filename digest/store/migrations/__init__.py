"""How the tables came to be, one step a file; no step imports the models."""
