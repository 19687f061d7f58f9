"""At home on the phone: the manifest, the service worker and the page that needs no line."""
