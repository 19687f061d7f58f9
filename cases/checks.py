"""System checks: a bad configuration explains itself."""
