"""The HTTP door's own server."""

import socket

from services.spine.http import _Server


def test_an_answer_in_two_pieces_does_not_wait_for_the_reader_to_have_the_first():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        _Server().get_wsgi_server(listening, None)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
