"""An S3 server on loopback for tests: it keeps objects in memory, verifies every signature, knows
which key may list, get or put in which bucket, and writes down who asked for what.

What it speaks is what DuckDB's httpfs and the object_store crate of the Delta kernel send: AWS
Signature Version 4 in the header or in the query, payloads that are hashed, unsigned or sent in
signed chunks; GET with ranges, HEAD, ListObjectsV2, PUT (also If-None-Match), multipart upload,
DELETE. The same server stands in for Google Cloud Storage, whose HMAC keys are used alike.
"""

import hashlib
import hmac
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

ALGORITHM = "AWS4-HMAC-SHA256"
CLOCK_SKEW_SECONDS_MAX = 15 * 60
BODY_BYTES_MAX = 1 << 30


class Refused(Exception):
    """An error that is answered in S3's XML."""

    def __init__(self, status, code, message=""):
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message


@dataclass
class Key:
    secret: str
    # Bucket -> what this key may do there: any of "list", "get", "put", "delete".
    rights: dict = field(default_factory=dict)


@dataclass
class Stored:
    data: bytes
    etag: str
    modified: float


@dataclass(frozen=True)
class Request:
    """A line of the log."""

    method: str
    path: str
    query: str
    key_id: str
    status: int


class S3Server:
    def __init__(self, keys, address=("127.0.0.1", 0)):
        self.keys = keys
        self.buckets = {}
        self.uploads = {}
        self.log = []
        # Called with (method, bucket, name) before an object is served; may raise Refused, wait,
        # or return bytes to be sent in place of the object.
        self.fault = None
        self.lock = threading.RLock()
        handler = type("Handler", (Handler,), {"store": self})
        self.http = ThreadingHTTPServer(address, handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(10)

    def put(self, bucket, name, data):
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        with self.lock:
            self.buckets.setdefault(bucket, {})[name] = Stored(bytes(data), etag, time.time())
        return etag

    def put_folder(self, bucket, prefix, folder):
        """Every file below a folder, under its path."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(bucket, f"{prefix}{path.relative_to(folder).as_posix()}", path.read_bytes())

    def key_ids(self):
        """Who has asked so far, with each status that was answered."""
        return {(request.key_id, request.status) for request in list(self.log)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve()

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def serve(self):
        self.key_id = ""
        self.status = 0
        self.noted = False
        path, _, self.query_text = self.path.partition("?")
        self.decoded = urllib.parse.unquote(path)
        self.query = urllib.parse.parse_qsl(self.query_text, keep_blank_values=True)
        self.arguments = dict(self.query)
        try:
            body = self.read_body()
            self.authenticate(body)
            bucket, _, name = self.decoded.lstrip("/").partition("/")
            self.dispatch(bucket, name, self.payload)
        except Refused as refused:
            text = (
                '<?xml version="1.0" encoding="UTF-8"?><Error>'
                f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>"
            )
            self.answer(refused.status, text.encode(), {"Content-Type": "application/xml"})
        except ConnectionError:
            self.close_connection = True
        finally:
            self.note()

    def note(self):
        """Writes the request down, once and before the client can know the answer."""
        if not self.noted:
            self.noted = True
            self.store.log.append(
                Request(self.command, self.decoded, self.query_text, self.key_id, self.status)
            )

    # Requests

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b"".join(parts)
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_BYTES_MAX:
            raise Refused(400, "EntityTooLarge")
        return self.rfile.read(length)

    def authenticate(self, body):
        """Checks the signature; leaves the key's id and the decoded payload."""
        self.payload = body
        header = self.headers.get("Authorization", "")
        if header.startswith(ALGORITHM):
            fields = dict(
                part.strip().split("=", 1) for part in header[len(ALGORITHM) :].split(",")
            )
            credential, signed = fields["Credential"], fields["SignedHeaders"]
            signature = fields["Signature"]
            date = self.headers.get("x-amz-date") or ""
            payload_hash = self.headers.get("x-amz-content-sha256") or ""
            query = self.query
        elif self.arguments.get("X-Amz-Algorithm") == ALGORITHM:
            credential, signed = self.arguments["X-Amz-Credential"], self.arguments["X-Amz-SignedHeaders"]
            signature, date = self.arguments["X-Amz-Signature"], self.arguments["X-Amz-Date"]
            payload_hash = "UNSIGNED-PAYLOAD"
            query = [pair for pair in self.query if pair[0] != "X-Amz-Signature"]
        else:
            raise Refused(403, "AccessDenied", "the request is not signed")
        key_id, day, region, service, terminator = credential.rsplit("/", 4)
        self.key_id = key_id
        key = self.store.keys.get(key_id)
        if key is None:
            raise Refused(403, "InvalidAccessKeyId", "there is no such key")
        if (service, terminator) != ("s3", "aws4_request") or not date.startswith(day):
            raise Refused(403, "AuthorizationHeaderMalformed", credential)
        sent = time.mktime(time.strptime(date, "%Y%m%dT%H%M%SZ")) - time.timezone
        if abs(time.time() - sent) > CLOCK_SKEW_SECONDS_MAX:
            raise Refused(403, "RequestTimeTooSkewed")

        def quoted(text, safe):
            return urllib.parse.quote(text, safe=safe + "-_.~")

        names = signed.split(";")
        if "host" not in names:
            raise Refused(403, "AccessDenied", "the host is not signed")
        canonical = "\n".join(
            [
                self.command,
                quoted(self.decoded, "/"),
                "&".join(sorted(f"{quoted(name, '')}={quoted(value, '')}" for name, value in query)),
                *(f"{name}:{' '.join((self.headers.get(name) or '').split())}" for name in names),
                "",
                signed,
                payload_hash,
            ]
        )
        scope = f"{day}/{region}/{service}/{terminator}"
        signing = signing_key(key.secret, day, region, service)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join([ALGORITHM, date, scope, digest])
        if not hmac.compare_digest(mac(signing, to_sign).hex(), signature):
            raise Refused(403, "SignatureDoesNotMatch", canonical)
        self.key = key
        if payload_hash.startswith("STREAMING-"):
            self.payload = self.unchunked(body, payload_hash, signing, date, scope, signature)
        elif payload_hash != "UNSIGNED-PAYLOAD":
            if hashlib.sha256(body).hexdigest() != payload_hash:
                raise Refused(400, "XAmzContentSHA256Mismatch")

    def unchunked(self, body, kind, signing, date, scope, previous):
        """The data of an aws-chunked body; the signature of each chunk covers the one before."""
        data, at = [], 0
        while True:
            end = body.index(b"\r\n", at)
            size_text, _, extension = body[at:end].decode().partition(";")
            size = int(size_text, 16)
            chunk = body[end + 2 : end + 2 + size]
            if kind.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
                given = extension.partition("chunk-signature=")[2]
                empty = hashlib.sha256(b"").hexdigest()
                to_sign = "\n".join(
                    [
                        "AWS4-HMAC-SHA256-PAYLOAD", date, scope, previous, empty,
                        hashlib.sha256(chunk).hexdigest(),
                    ]
                )  # fmt: skip
                previous = mac(signing, to_sign).hex()
                if not hmac.compare_digest(previous, given):
                    raise Refused(403, "SignatureDoesNotMatch", "a chunk")
            data.append(chunk)
            at = end + 2 + size + 2
            if size == 0:
                return b"".join(data)

    def allow(self, bucket, right):
        if right not in self.key.rights.get(bucket, ()):
            raise Refused(403, "AccessDenied", f"this key may not {right} in {bucket}")

    # Operations

    def dispatch(self, bucket, name, body):
        method, arguments = self.command, self.arguments
        if not bucket:
            raise Refused(501, "NotImplemented")
        if not name:
            if method == "GET" and "location" in arguments:
                self.allow(bucket, "list")
                return self.answer(200, b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
            if method == "GET":
                self.allow(bucket, "list")
                return self.list(bucket)
            if method == "HEAD":
                self.allow(bucket, "list")
                return self.answer(200 if bucket in self.store.buckets else 404)
            if method == "POST" and "delete" in arguments:
                self.allow(bucket, "delete")
                return self.delete_many(bucket, body)
            raise Refused(501, "NotImplemented")
        if method in ("GET", "HEAD"):
            self.allow(bucket, "get")
            return self.get(bucket, name)
        if method == "DELETE":
            self.allow(bucket, "delete")
            if "uploadId" in arguments:
                self.store.uploads.pop(arguments["uploadId"], None)
            else:
                with self.store.lock:
                    self.store.buckets.get(bucket, {}).pop(name, None)
            return self.answer(204)
        self.allow(bucket, "put")
        if method == "PUT" and "uploadId" in arguments:
            upload = self.upload(arguments["uploadId"])
            upload[int(arguments["partNumber"])] = body
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            return self.answer(200, b"", {"ETag": f'"{etag}"'})
        if method == "PUT":
            return self.put(bucket, name, body)
        if method == "POST" and "uploads" in arguments:
            identity = uuid.uuid4().hex
            self.store.uploads[identity] = {}
            return self.answer(
                200,
                f"<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{escape(name)}</Key>"
                f"<UploadId>{identity}</UploadId></InitiateMultipartUploadResult>".encode(),
            )
        if method == "POST" and "uploadId" in arguments:
            parts = self.upload(arguments["uploadId"])
            etag = self.store.put(bucket, name, b"".join(parts[number] for number in sorted(parts)))
            del self.store.uploads[arguments["uploadId"]]
            return self.answer(
                200,
                f"<CompleteMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{escape(name)}</Key>"
                f'<ETag>"{etag}"</ETag></CompleteMultipartUploadResult>'.encode(),
            )
        raise Refused(501, "NotImplemented")

    def upload(self, identity):
        if identity not in self.store.uploads:
            raise Refused(404, "NoSuchUpload")
        return self.store.uploads[identity]

    def put(self, bucket, name, body):
        source = self.headers.get("x-amz-copy-source")
        with self.store.lock:
            exists = name in self.store.buckets.get(bucket, {})
            if exists and self.headers.get("If-None-Match") == "*":
                raise Refused(412, "PreconditionFailed")
            if source:
                from_bucket, _, from_name = urllib.parse.unquote(source).lstrip("/").partition("/")
                self.allow(from_bucket, "get")
                body = self.found(from_bucket, from_name).data
            etag = self.store.put(bucket, name, body)
        if source:
            text = f'<CopyObjectResult><ETag>"{etag}"</ETag></CopyObjectResult>'
            return self.answer(200, text.encode())
        return self.answer(200, b"", {"ETag": f'"{etag}"'})

    def found(self, bucket, name):
        if bucket not in self.store.buckets:
            raise Refused(404, "NoSuchBucket")
        stored = self.store.buckets[bucket].get(name)
        if stored is None:
            raise Refused(404, "NoSuchKey")
        return stored

    def get(self, bucket, name):
        instead = None
        if self.store.fault is not None:
            instead = self.store.fault(self.command, bucket, name)
        # Whatever the fault has done to the object, its tag and its bytes belong together.
        stored = self.found(bucket, name)
        data = stored.data if instead is None else instead
        headers = {
            "ETag": f'"{stored.etag}"',
            "Last-Modified": formatdate(stored.modified, usegmt=True),
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        wanted = self.headers.get("Range", "")
        if not wanted.startswith("bytes="):
            return self.answer(200, data, headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        if first == "":
            start, end = max(0, len(data) - int(last)), len(data) - 1
        else:
            start, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
        if start > end:
            raise Refused(416, "InvalidRange")
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return self.answer(206, data[start : end + 1], headers)

    def list(self, bucket):
        if bucket not in self.store.buckets:
            raise Refused(404, "NoSuchBucket")
        prefix = self.arguments.get("prefix", "")
        delimiter = self.arguments.get("delimiter", "")
        after = self.arguments.get("continuation-token") or self.arguments.get("start-after") or ""
        most = min(int(self.arguments.get("max-keys") or 1000), 1000)
        contents, folders, last, truncated = [], [], "", False
        for name in sorted(self.store.buckets[bucket]):
            if not name.startswith(prefix) or name <= after:
                continue
            if delimiter and delimiter in name[len(prefix) :]:
                folder = prefix + name[len(prefix) :].split(delimiter)[0] + delimiter
                if folder <= after or folder in folders:
                    continue
                entry, target = folder, folders
            else:
                entry, target = name, contents
            if len(contents) + len(folders) == most:
                truncated = True
                break
            target.append(entry)
            # Names behind a folder's are skipped by the highest name it can have.
            last = entry + "\U0010ffff" if target is folders else entry
        text = [
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<KeyCount>{len(contents) + len(folders)}</KeyCount><MaxKeys>{most}</MaxKeys>"
            f"<IsTruncated>{str(truncated).lower()}</IsTruncated>"
        ]
        if truncated:
            text.append(f"<NextContinuationToken>{escape(last)}</NextContinuationToken>")
        encode = urllib.parse.quote if self.arguments.get("encoding-type") == "url" else escape
        for name in contents:
            stored = self.store.buckets[bucket][name]
            modified = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(stored.modified))
            text.append(
                f"<Contents><Key>{encode(name)}</Key><LastModified>{modified}</LastModified>"
                f'<ETag>"{stored.etag}"</ETag><Size>{len(stored.data)}</Size>'
                "<StorageClass>STANDARD</StorageClass></Contents>"
            )
        for folder in folders:
            text.append(f"<CommonPrefixes><Prefix>{encode(folder)}</Prefix></CommonPrefixes>")
        text.append("</ListBucketResult>")
        return self.answer(200, "".join(text).encode(), {"Content-Type": "application/xml"})

    def delete_many(self, bucket, body):
        text = body.decode()
        deleted = []
        with self.store.lock:
            for part in text.split("<Key>")[1:]:
                name = part.split("</Key>")[0]
                self.store.buckets.get(bucket, {}).pop(name, None)
                deleted.append(f"<Deleted><Key>{name}</Key></Deleted>")
        return self.answer(200, f"<DeleteResult>{''.join(deleted)}</DeleteResult>".encode())

    # Answers

    def answer(self, status, body=b"", headers=None):
        self.status = status
        self.note()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(secret, day, region, service):
    key = mac(b"AWS4" + secret.encode(), day)
    for part in (region, service, "aws4_request"):
        key = mac(key, part)
    return key
