"""Papers × interests → an ordered choice; arithmetic only."""
