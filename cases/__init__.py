"""The domain: cases, what was tried, what is due, what proves it."""
