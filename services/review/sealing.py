"""Sealing: a process gives up the network for good, before it opens what somebody sent.

A filter in the kernel refuses every new socket, to the process and to all that it starts. It asks for no rights, so it
holds in a container too, where namespaces are not for unprivileged users. Source: seccomp(2), Linux 3.17 and later.
"""

import ctypes
import errno
import platform

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANSWER = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
NUMBER, ARCHITECTURE = 0, 4  # where the kernel puts them
OTHER_NUMBERS, RING = 0x40000000, 425  # x32's calls; io_uring, which can open sockets as well
SOCKET = {
    "x86_64": (0xC000003E, 41),
    "aarch64": (0xC00000B7, 198),
    "loongarch64": (0xC0000102, 198),
    "riscv64": (0xC00000F3, 198),
}


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def seal() -> bool:
    """Refuse this process every new socket; False where the processor or the kernel is not known to."""
    if platform.machine() not in SOCKET:
        return False
    architecture, socket = SOCKET[platform.machine()]
    steps = (
        _Step(LOAD, 0, 0, ARCHITECTURE), _Step(EQUAL, 0, 4, architecture), _Step(LOAD, 0, 0, NUMBER),
        _Step(AT_LEAST, 2, 0, OTHER_NUMBERS), _Step(EQUAL, 1, 0, socket), _Step(EQUAL, 0, 1, RING),
        _Step(ANSWER, 0, 0, REFUSE), _Step(ANSWER, 0, 0, ALLOW),
    )  # fmt: skip
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(kernel.prctl(SECCOMP, FILTER, ctypes.byref(program), 0, 0) == 0)
