"""The evidence store in an S3-compatible bucket: an upload counts once the server gives its size back."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from cases.evidence.parts import Part
from cases.evidence.trouble import AlreadyStored, Missing, StoreTrouble

_CHUNK = 1024 * 1024
_NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class BucketStore:
    """Keys are object names. The client repairs and retries; what it gives up on is StoreTrouble."""

    def __init__(self, storage: Any) -> None:
        self._client = storage.connection.meta.client
        self._bucket = storage.bucket_name

    def put(self, key: str, path: Path) -> bool:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        if self.exists(key):
            if self.size(key) != size or self.digest(key) != sha256:
                raise AlreadyStored(f"Other bytes are stored under {key}.")
            return False
        with _talking_about(key):
            self._client.upload_file(str(path), self._bucket, key, ExtraArgs={"Metadata": {"sha256": sha256}})
        if self.size(key) != size:
            raise StoreTrouble(f"The store acknowledged {key} with another size than was sent.")
        return True

    def open(self, key: str) -> BinaryIO:
        # In a file without a name, so that a large one fits and a reader may seek.
        file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the caller closes it
        try:
            with _talking_about(key):
                self._client.download_fileobj(self._bucket, key, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def open_part(self, key: str, start: int, length: int) -> Part:
        wanted = f"bytes={start}-{start + length - 1}"
        with _talking_about(key):
            body = self._client.get_object(Bucket=self._bucket, Key=key, Range=wanted)["Body"]
        return Part(body, length)

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except Missing:
            return False
        return True

    def size(self, key: str) -> int:
        with _talking_about(key):
            return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    def digest(self, key: str) -> str:
        sha256 = hashlib.sha256()
        with _talking_about(key):
            for chunk in self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(_CHUNK):
                sha256.update(chunk)
        return sha256.hexdigest()

    def delete(self, key: str) -> None:
        with _talking_about(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def keys(self) -> Iterator[str]:
        with _talking_about("the list of files"):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for item in page.get("Contents", ()):
                    yield item["Key"]

    def local_path(self, key: str) -> Path | None:
        return None

    def as_file(self, key: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
            with _talking_about(key):
                self._client.download_fileobj(self._bucket, key, file)
            file.flush()
            yield Path(file.name)

    def leftovers_folder(self) -> Path | None:
        return None


@contextmanager
def _talking_about(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _NOT_THERE:
            raise Missing(f"No file is stored under {key}.") from error
        raise StoreTrouble(f"The object store refused {key}: {code}.") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreTrouble(f"The object store gave no answer for {key}: {type(error).__name__}.") from error
