"""The S3 store of the composed cluster, where its own image cannot be had: the tests' server in its
place, with the same keys and buckets."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, "/support")

from s3_server import Key, S3Server  # noqa: E402


def main():
    # No signal may come between the mask and the wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    everything = ("list", "get", "put", "delete")
    key = Key(
        os.environ["ROOT_SECRET_KEY"], {"sample": ("list", "get"), "lake": everything}
    )
    server = S3Server({os.environ["ROOT_ACCESS_KEY"]: key}, ("0.0.0.0", 7070))
    server.put_folder("sample", "", Path("/data/sample"))
    server.buckets["lake"] = {}
    signal.sigwait({signal.SIGTERM})
    server.stop()


main()
