"""What machines ask of a server: does it live, is it ready, what did it count.

In: GET. Out: `ok` or a reason as JSON, and Prometheus' text.
"""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from web.api import problems
from web.auth import need
from web.metrics import CONTENT_TYPE
from web.schemas import StatusOut
from web.service import Serving

router = APIRouter(tags=["operation"])


@router.get("/health", summary="Does the process live", response_model=StatusOut)
async def health() -> Response:
    """Return ok as long as the process answers at all."""
    return JSONResponse({"status": "ok"})


@router.get("/ready", summary="Is an index loaded", response_model=StatusOut, responses=problems(503))
async def ready(service: Serving) -> Response:
    """Return ok once questions can be answered, and 503 with the reason before."""
    _ = service.assistant
    return JSONResponse({"status": "ok"})


@router.get("/metrics", summary="Counts for Prometheus", response_class=Response, dependencies=[Depends(need("admin"))])
async def metrics(service: Serving) -> Response:
    """Return everything counted since the start."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE)
