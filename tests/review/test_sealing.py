"""What opens hostile files has no network, whoever runs it."""

import subprocess
import sys

import pytest

from services.review import extraction

NOBODY = 65534
ASKED = """
import os, socket, sys
from services.review import extraction
if os.getuid() == 0:
    os.setuid({nobody})
extraction.confine(20, 512)
for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(kind)
    except PermissionError:
        print("refused")
{then}
"""


@pytest.mark.parametrize(
    "then", ["", "os.execv(sys.executable, [sys.executable, '-c', 'import socket; socket.socket()'])"]
)
def test_no_socket_is_opened_by_who_reads_a_file_nor_by_what_it_starts(then):
    """Without rights of any kind, as in a container."""
    run = [sys.executable, "-W", "ignore", "-c", ASKED.format(nobody=NOBODY, then=then)]
    done = subprocess.run(run, cwd=extraction.ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused"] * 3
    assert (done.returncode == 0, "PermissionError" in done.stderr) == (not then, bool(then)), done.stderr
