"""Bytes in: told by content, hashed, stored once, drawn small. Called by services; writes no row."""
