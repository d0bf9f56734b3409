#!/usr/bin/env python3
"""The least that serves DuckDB's batches over Arrow Flight: what a result costs without a gateway.

    flight_server.py THREADS MEMORY_GB      prints its port; ends when its input does
"""

import sys
import threading

import duckdb
import pyarrow.flight


class Server(pyarrow.flight.FlightServerBase):
    def __init__(self, connection):
        super().__init__("grpc://127.0.0.1:0")
        self._connection = connection

    def do_get(self, context, ticket):
        cursor = self._connection.cursor()
        reader = cursor.execute(ticket.ticket.decode()).to_arrow_reader()
        return pyarrow.flight.RecordBatchStream(reader)


def main():
    threads, memory_gb = sys.argv[1:]
    connection = duckdb.connect(config={"threads": int(threads), "memory_limit": f"{memory_gb}GB"})
    server = Server(connection)
    print(server.port, flush=True)
    serving = threading.Thread(target=server.serve, daemon=True)
    serving.start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
