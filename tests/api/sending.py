"""Uploads in parts, as a client sends them."""

import io
from typing import Any

from rest_framework.test import APIClient

from vitrine.catalog import files

MIB = 1024 * 1024
GLB = b"glTF\x02\x00\x00\x00" + bytes(200)


def begun(
    client: APIClient, *, size: int = len(GLB), name: str = "chair.glb", **fields: Any
) -> dict[str, Any]:
    response = client.post("/api/uploads/", {"name": name, "size": size, **fields})
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def put(client: APIClient, part: dict[str, Any], content: bytes = GLB, **headers: str) -> Any:
    """That part of `content`, to its address."""
    piece = content[part["offset"] : part["offset"] + part["size"]]
    return put_bytes(client, part["url"], piece, **headers)


def put_bytes(client: APIClient, url: str, piece: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(url, piece, content_type="application/octet-stream", headers=named)


def completed(client: APIClient, upload: dict[str, Any]) -> Any:
    return client.post(f"/api/uploads/{upload['id']}/complete")


def a_whole_upload(client: APIClient, **fields: Any) -> dict[str, Any]:
    upload = begun(client, **fields)
    for part in upload["parts"]:
        assert put(client, part).status_code == 200
    body: dict[str, Any] = completed(client, upload).json()
    return body


def left_of(upload: dict[str, Any]) -> list[str]:
    return list(files.store().keys(f"incoming/{upload['id']}"))


def broken_off(client: APIClient, part: dict[str, Any], came: int) -> Any:
    """The part announced whole, of which only `came` bytes come."""
    surroundings: dict[str, Any] = {
        "CONTENT_LENGTH": str(part["size"]),
        "wsgi.input": io.BytesIO(bytes(came)),
    }
    return client.generic("PUT", part["url"], "", content_type="application/octet-stream", **surroundings)
