"""The believable user behind `manage.py demo`: what happened, and the pictures that prove it."""
