"""Tests mirror cases/ and tracker/; browser/ and services/ use real programs."""
