"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.umask(0o077)  # what the site writes is for its own user alone
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

application = get_wsgi_application()
