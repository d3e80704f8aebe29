"""The WSGI application that `lapwing-web serve` runs.

Granian imports this in each of its workers. One whose parent was killed would go on listening, beside the
server that is started in its place.
"""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from lapwing_web.dying import end_with

if (parent := multiprocessing.parent_process()) is not None and parent.pid is not None:
    # Not os.getppid(): it names another when the parent was killed before this line was reached.
    end_with(parent.pid, signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lapwing_web.settings")
application = get_wsgi_application()
