"""The documentation page of the API, made from its own OpenAPI description: no foreign script, works offline.

In: the application. Out: HTML with every operation, its fields and a curl line to try it.
"""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.problems import TITLES
from web.rendering import page

Field = tuple[str, str, str]
"""Name, place, and what it may be."""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the documentation of every operation."""
    schema: dict[str, Any] = request.app.openapi()
    base: str = str(request.base_url).rstrip("/")
    operations = [
        _operation(schema, base, path, method, described)
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]
    example = schema["components"]["schemas"]["SearchIn"]["examples"][0]["question"]
    shown = {"operations": operations, "codes": TITLES, "base": base, "example": example}
    return page(request, "docs.html", active="docs", **shown)


def _operation(schema: dict[str, Any], base: str, path: str, method: str, described: dict[str, Any]) -> dict[str, Any]:
    body = _body(schema, described)
    return {
        "id": described["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": described.get("summary", ""),
        "description": described.get("description", "").split("`"),
        "fields": [*_parameters(described), *_properties(schema, body)],
        "curl": _curl(base, path, method, body),
        "statuses": list(described["responses"]),
    }


def _body(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _named(schema, content.get("schema", {}))


def _parameters(described: dict[str, Any]) -> list[Field]:
    return [(p["name"], p["in"], _what(p["schema"], p.get("required", False))) for p in described.get("parameters", ())]


def _properties(schema: dict[str, Any], body: dict[str, Any], before: str = "") -> list[Field]:
    """Return the fields of a body, those of objects inside it as `filters.issue`."""
    required, found = body.get("required", ()), []
    for name, shape in body.get("properties", {}).items():
        found.append((before + name, "body", _what(shape, name in required)))
        inner = _named(schema, *shape.get("anyOf", [shape]), *[shape.get("items", {})])
        found += _properties(schema, inner, f"{before}{name}.")
    return found


def _named(schema: dict[str, Any], *shapes: dict[str, Any]) -> dict[str, Any]:
    """Return the first of the shapes that refers to an object."""
    names = [str(shape["$ref"]).rpartition("/")[2] for shape in shapes if "$ref" in shape]
    found: dict[str, Any] = schema["components"]["schemas"].get(names[0], {}) if names else {}
    return found


def _what(shape: dict[str, Any], required: bool) -> str:
    kinds = [_kind(option) for option in shape.get("anyOf", [shape])]
    parts = [" or ".join(kind for kind in kinds if kind), "required" if required else ""]
    if shape.get("default") not in (None, "", []):
        parts.append(f"default {shape['default']}")
    return ", ".join(part for part in [*parts, shape.get("description", "")] if part)


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"])
    name = "object" if "$ref" in shape else str(shape.get("type", ""))
    limits = [f"{shape[key]:g}" for key in ("minimum", "maximum") if key in shape]
    return f"{name} {' to '.join(limits)}" if limits else name


def _curl(base: str, path: str, method: str, body: dict[str, Any]) -> str:
    url = f"curl {base}{path}"
    if not body.get("examples"):
        return url if method == "get" else f"curl -X {method.upper()} {base}{path}"
    data = json.dumps(body["examples"][0], ensure_ascii=False)
    return f"{url} \\\n  -H 'Content-Type: application/json' \\\n  -d '{data}'"
