"""The documentation page of the API, made from its own OpenAPI description: no foreign script, works offline.

In: the application. Out: HTML with every operation, its fields and a curl line to try it.
"""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.problems import TITLES
from web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the documentation of every operation."""
    schema: dict[str, Any] = request.app.openapi()
    base = str(request.base_url).rstrip("/")
    operations = [
        _operation(schema, base, path, method, described)
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]
    return page(request, "docs.html", active="docs", operations=operations, codes=TITLES)


def _operation(schema: dict[str, Any], base: str, path: str, method: str, described: dict[str, Any]) -> dict[str, Any]:
    body = _body(schema, described)
    return {
        "id": described["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": described.get("summary", ""),
        "description": described.get("description", ""),
        "fields": [*_parameters(described), *_properties(body)],
        "curl": _curl(base, path, method, body),
        "statuses": list(described["responses"]),
    }


def _body(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"].get(name, {})
    return found


def _parameters(described: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p["name"], p["in"], _what(p["schema"], p.get("required", False))) for p in described.get("parameters", ())]


def _properties(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    required = body.get("required", ())
    return [(name, "body", _what(shape, name in required)) for name, shape in body.get("properties", {}).items()]


def _what(shape: dict[str, Any], required: bool) -> str:
    kinds = [_kind(option) for option in shape.get("anyOf", [shape])]
    parts = [" or ".join(kind for kind in kinds if kind), "required" if required else ""]
    if shape.get("default") not in (None, "", []):
        parts.append(f"default {shape['default']}")
    return ", ".join(part for part in [*parts, shape.get("description", "")] if part)


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"])
    name = str(shape.get("$ref", "")).rpartition("/")[2] or str(shape.get("type", ""))
    limits = [f"{shape[key]}" for key in ("minimum", "maximum") if key in shape]
    return f"{name} {' to '.join(limits)}" if limits else name


def _curl(base: str, path: str, method: str, body: dict[str, Any]) -> str:
    url = f"curl {base}{path}"
    if not body.get("examples"):
        return url if method == "get" else f"curl -X {method.upper()} {base}{path}"
    data = json.dumps(body["examples"][0], ensure_ascii=False)
    return f"{url} \\\n  -H 'Content-Type: application/json' \\\n  -d '{data}'"
