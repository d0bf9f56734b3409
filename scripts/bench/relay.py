#!/usr/bin/env python3
"""A bare TCP relay: what passing bytes through a process costs at least on this machine.

    relay.py PORT      listens on a free port, prints it, and passes one connection on to PORT
"""

import socket
import sys

BUFFER_BYTES = 256 * 1024


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    source, _ = listener.accept()
    target = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    buffer = memoryview(bytearray(BUFFER_BYTES))
    while count := source.recv_into(buffer):
        target.sendall(buffer[:count])
    target.close()
    # Until then the process can be asked what it has used.
    sys.stdin.read()


main()
