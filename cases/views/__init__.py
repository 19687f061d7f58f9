"""HTTP in, HTTP out: function views, one file per screen. Who may pass is decided in access.py alone."""
