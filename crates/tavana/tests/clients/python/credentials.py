"""What tests log in with: users files, tokens, certificates, and the services that vouch for them."""

import base64
import datetime
import hashlib
import hmac
import http.server
import ipaddress
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from harness import eventually, program

REFUSALS = ("login refused", "too many failed logins", "login could not be checked", "login not permitted")
REREAD = "the users file was read again"


class UsersFile:
    """A users file, written by `tavana user` as an operator writes it."""

    def __init__(self, folder):
        self.path = Path(folder) / "users.txt"
        self.secrets = []

    def run(self, *arguments, password=None, path=None):
        run = subprocess.run(
            [program(), "user", *arguments, "--file", str(path or self.path)],
            input=(password or "") + "\n",
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def add(self, name, password, *flags, path=None):
        self.secrets.append(password)
        self.run("add", name, *flags, password=password, path=path)
        return password

    def add_key(self, name, *flags, path=None):
        key = self.run("add", name, "--api-key", *flags, path=path).splitlines()[0]
        assert key.startswith("tvn_")
        self.secrets.append(key)
        return key

    def change(self, server, work):
        """Does `work` on a copy, puts it in place at once, and waits until the server follows.

        The server must log at level info."""
        copy = self.path.with_suffix(".next")
        shutil.copyfile(self.path, copy)
        work(copy)
        before = rereads(server)
        os.replace(copy, self.path)
        eventually("the server follows the users file", lambda: rereads(server) > before, 10)


def rereads(server):
    return sum(REREAD in line for line in server.log)


def tls_context(ca=None, alpn=None, certificate=None):
    """A TLS client that checks the server when it is given a CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca:
        context.load_verify_locations(cafile=str(ca))
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols([alpn])
    if certificate:
        context.load_cert_chain(*map(str, certificate))
    return context


class Authority:
    """A certificate authority in a folder: `ca` is its own certificate."""

    def __init__(self, folder, name="ca"):
        self.folder = Path(folder)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} of the tests")])
        certificate = (
            self.builder(self.name, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.ca = self.folder / f"{name}.crt"
        self.ca.write_bytes(pem_of(certificate))

    def builder(self, subject, key, days=1):
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=10))
            .not_valid_after(now + datetime.timedelta(days=days))
        )

    def write(self, name, certificate, key, folder=None):
        folder = Path(folder or self.folder)
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        paths[0].write_bytes(pem_of(certificate))
        with open(os.open(paths[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(private_pem(key))
        return paths

    def server(self, name="server", folder=None):
        """Paths of a certificate for localhost and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        certificate = (
            self.builder(subject, key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return self.write(name, certificate, key, folder)

    def client(self, user, days=1):
        """Paths of a certificate of `user` and its key. It expires in `days`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, user)])
        usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH])
        certificate = (
            self.builder(subject, key, days)
            .add_extension(usage, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return self.write(f"{self.ca.stem}-{user}", certificate, key)


def pem_of(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, length=None):
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


class Signer:
    """A key of an issuer. `key` is a private key, or a shared secret as bytes."""

    def __init__(self, algorithm, key=None, kid=None):
        self.algorithm = algorithm
        self.kid = kid
        if key is None:
            key = (
                rsa.generate_private_key(public_exponent=65537, key_size=2048)
                if algorithm == "RS256"
                else ec.generate_private_key(ec.SECP256R1())
            )
        self.key = key

    def sign(self, data):
        if self.algorithm == "none":
            return b""
        if self.algorithm == "HS256":
            return hmac.new(self.key, data, hashlib.sha256).digest()
        if self.algorithm == "RS256":
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jwk(self):
        if self.algorithm == "RS256":
            public = self.key.public_key().public_numbers()
            key = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
        else:
            public = self.key.public_key().public_numbers()
            key = {"kty": "EC", "crv": "P-256", "x": number(public.x, 32), "y": number(public.y, 32)}
        return {**key, "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def token(self, header=None, **claims):
        """A token; a claim of None is left out."""
        now = int(time.time())
        claims = {
            "iss": "https://issuer.test",
            "aud": "tavana",
            "sub": "ana",
            "exp": now + 600,
            "iat": now,
            "jti": os.urandom(8).hex(),
            **claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        head = {"alg": self.algorithm, "typ": "JWT", **({"kid": self.kid} if self.kid else {}), **(header or {})}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{base64url(self.sign(signed.encode()))}"


class Stub:
    """An HTTP service. `answer(method, path, headers, body)` gives (status, JSON)."""

    def __init__(self, answer):
        self.calls = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                length = int(self.headers.get("content-length") or 0)
                raw = self.rfile.read(length)
                body = json.loads(raw) if raw else None
                stub.calls.append((self.command, self.path, self.headers, body))
                status, value = answer(self.command, self.path, self.headers, body)
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def no_secret_in(log, secrets):
    # Shorter ones may stand in a line by chance.
    secrets = [secret for secret in secrets if len(secret) >= 8]
    for line in log:
        for secret in secrets:
            assert secret not in line, f"a line of the log holds a secret: {line}"


def folder(prefix="tavana-credentials-"):
    return Path(tempfile.mkdtemp(prefix=prefix))
