"""Starts a program that dies with its parent, even when the parent is killed: `leash.py PARENT PROGRAM ARGUMENT…`.

It asks the kernel for the signal and then becomes the program, so the program's pid is the one the parent knows. Run by
path and alone; it imports nothing of the house.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Become the command, on a leash held by `parent`."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
