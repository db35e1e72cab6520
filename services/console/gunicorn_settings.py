"""How gunicorn serves the portal, embedded and in production alike: threads, no access log, and workers on a leash.

One worker process unless WEB_CONCURRENCY says otherwise.
"""

import ctypes
import gc
import signal
from typing import Any

worker_class = "gthread"
threads = 16
timeout = 60
graceful_timeout = 5
keepalive = 5
accesslog = None
loglevel = "warning"
limit_request_line = 8190
worker_tmp_dir = "/dev/shm"
control_socket_disable = True

PR_SET_PDEATHSIG = 1


def post_fork(server: Any, worker: Any) -> None:
    """A worker does not outlive its master, however that dies."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def post_worker_init(worker: Any) -> None:
    """What loading the application made stays until the end and is not looked through again."""
    gc.collect()
    gc.freeze()
