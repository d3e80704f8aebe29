"""The WSGI application that `lapwing-web serve` runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lapwing_web.settings")
application = get_wsgi_application()
