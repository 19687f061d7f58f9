"""Bytes out: gather a case, print it, bag it, sign it; and verify, which needs none of the rest."""
