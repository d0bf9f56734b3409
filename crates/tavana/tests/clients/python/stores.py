"""The object stores that the tests start on loopback."""

import base64
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from email.utils import formatdate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from harness import eventually  # noqa: E402
from s3_server import Key, S3Server  # noqa: E402

__all__ = ["Azurite", "Key", "S3Server"]


class Azurite:
    """Microsoft's own emulator of Azure Blob Storage, at its well-known address.

    The Delta kernel knows no other address, account or key of an emulator than these; so this port
    is the only one in the tests that is not chosen by the kernel.
    """

    account = "devstoreaccount1"
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    port = 10_000

    def __init__(self):
        program = os.environ.get("TAVANA_TEST_AZURITE")
        assert program, "scripts/test-setup installs Azurite and names it in TAVANA_TEST_AZURITE"
        self.folder = tempfile.mkdtemp(prefix="azurite-")
        self.log = open(os.path.join(self.folder, "log.txt"), "wb")
        self.process = subprocess.Popen(
            [program, "--silent", "--skipApiVersionCheck", "--location", self.folder,
             "--blobHost", "127.0.0.1", "--blobPort", str(self.port), "--disableTelemetry"],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        eventually("Azurite answers", self.answers, 60)

    def answers(self):
        stopped = self.process.poll() is not None
        assert not stopped, f"is port {self.port} in use? {Path(self.log.name).read_text()}"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    @property
    def connection_string(self):
        return self.connection_string_with(self.key)

    def connection_string_with(self, key):
        return (
            f"DefaultEndpointsProtocol=http;AccountName={self.account};AccountKey={key};"
            f"BlobEndpoint=http://127.0.0.1:{self.port}/{self.account};"
        )

    def request(self, method, path, query="", data=b"", headers=None):
        """One request signed with the account's key (Shared Key)."""
        headers = {
            "x-ms-date": formatdate(usegmt=True),
            "x-ms-version": "2021-08-06",
            "Content-Type": "application/octet-stream",
            **(headers or {}),
        }
        special = sorted((name, value) for name, value in headers.items() if name.startswith("x-ms-"))
        # Azurite's addresses begin with the account, so it stands there twice.
        resource = f"/{self.account}/{self.account}/{path}"
        for pair in sorted(filter(None, query.split("&"))):
            name, _, value = pair.partition("=")
            resource += f"\n{name}:{value}"
        to_sign = "\n".join(
            [method, "", "", str(len(data)) if data else "", "", headers["Content-Type"], "", "", "", "", "", ""]
            + [f"{name}:{value}" for name, value in special]
            + [resource]
        )
        signature = hmac.new(base64.b64decode(self.key), to_sign.encode(), hashlib.sha256).digest()
        headers["Authorization"] = f"SharedKey {self.account}:{base64.b64encode(signature).decode()}"
        url = f"http://127.0.0.1:{self.port}/{self.account}/{path}" + (f"?{query}" if query else "")
        request = urllib.request.Request(url, data=data or None, headers=headers, method=method)
        if not data:
            request.add_header("Content-Length", "0")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status

    def put_folder(self, container, prefix, folder):
        self.request("PUT", container, "restype=container")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = urllib.parse.quote(f"{prefix}{path.relative_to(folder).as_posix()}")
                self.request(
                    "PUT", f"{container}/{name}", data=path.read_bytes(), headers={"x-ms-blob-type": "BlockBlob"}
                )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
