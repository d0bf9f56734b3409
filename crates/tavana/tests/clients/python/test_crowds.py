"""Many connections at the same time."""

import asyncio
import shutil
import ssl
import time

import asyncpg
from credentials import Authority, UsersFile, folder, tls_context
from harness import Tavana

PASSWORD = "correct horse"
CONNECTIONS = 500
SECONDS = 10
FULL = "53300"


def test_a_storm_of_logins_by_tls_and_scram_is_served_or_refused_and_never_dropped():
    home = folder()
    authority = Authority(home)
    certificate, key = authority.server()
    users = UsersFile(home)
    users.add("ana", PASSWORD)
    server = Tavana(
        env={
            "TAVANA_AUTH_MODE": "required",
            "TAVANA_USERS_FILE": str(users.path),
            "TAVANA_TLS_MODE": "required",
            "TAVANA_TLS_CERT_PATH": str(certificate),
            "TAVANA_TLS_KEY_PATH": str(key),
        }
    )
    try:
        connected, refused, slowest, took = asyncio.run(storm(server, tls_context(authority.ca)))
        print(f"{connected} connected, {refused} told {FULL}, in {took:.1f} s; slowest {slowest:.2f} s")
        assert connected + refused == CONNECTIONS
        assert took <= SECONDS + 5
    finally:
        server.stop()
        shutil.rmtree(home)


async def storm(server, tls: ssl.SSLContext):
    times, connections = [], []
    began = time.monotonic()

    async def login(number):
        # Spread over the time as they would come, in bursts of ten.
        await asyncio.sleep(number // 10 * 10 * (SECONDS / CONNECTIONS))
        started = time.monotonic()
        try:
            connection = await asyncpg.connect(
                host="localhost",
                port=server.pg_port,
                user="ana",
                password=PASSWORD,
                database="main",
                ssl=tls,
                timeout=30,
            )
        except asyncpg.PostgresError as error:
            assert error.sqlstate == FULL, error
            return False
        times.append(time.monotonic() - started)
        connections.append(connection)
        return True

    outcomes = await asyncio.gather(*(login(number) for number in range(CONNECTIONS)))
    took = time.monotonic() - began
    # All that are there answer.
    for connection in connections[:: max(1, len(connections) // 20)]:
        assert await connection.fetchval("SELECT 6 * 7 FROM range(1)") == 42
    for connection in connections:
        connection.terminate()
    return sum(outcomes), len(outcomes) - sum(outcomes), max(times), took
