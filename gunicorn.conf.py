"""How gunicorn serves VISTA; docs/deployment.md lists the variables that are read here."""

import os
from typing import Any

from gunicorn.glogging import Logger

from vista.settings import DATA_DIR, LOGGING, env

# Loopback only: a reverse proxy or, in a container, the published port is what others reach.
bind = f"{env.str('VISTA_BIND', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
worker_class = "gthread"
workers = env.int("WEB_CONCURRENCY", default=2)
threads = env.int("VISTA_THREADS", default=8)

# A worker is killed when its main thread is silent for so long; slow uploads run in other threads.
timeout = 120
graceful_timeout = 20
keepalive = 30
limit_request_line = 8190  # as much as it takes: the pictures that were ticked, and filters with long names

# The heartbeat file lies with our data, and nothing is written into anyone's home folder.
worker_tmp_dir = str(DATA_DIR / "tmp")
os.makedirs(worker_tmp_dir, exist_ok=True)
control_socket_disable = True


class OfFaults(Logger):
    """Leaves requests to Django: gunicorn would make a line for each, which nobody is shown."""

    def access(self, *_: Any) -> None: ...


logger_class = OfFaults
loglevel = "warning"
logconfig_dict = LOGGING
