"""The repositories of `digest.ports`, each over one open transaction."""
