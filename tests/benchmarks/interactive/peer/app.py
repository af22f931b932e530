"""The peer: the core of the interactive service as a good engineer would write it today with FastAPI and aiobotocore.

It answers the same requests with the same bodies, from the same table, with the same duties: RS256 tokens (verified
ones are remembered), each school's own credentials, personal data encrypted under each student's key, conditional
transactions, problems for errors, a correlation id, metrics, a limit for each school. The knobs that are known of its
libraries are turned: uvloop, httptools, no access log, no parameter validation in botocore, pure ASGI
middleware, a garbage collector that looks seldom. Models and answers are as FastAPI's documentation has them.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from peer import grades, reading
from peer.aws import Aws
from peer.configuration import Configuration
from peer.encryption import Encryption
from peer.limits import SchoolLimit
from peer.metrics import metrics_text
from peer.middleware import Observed
from peer.problems import Problem, problem_response, validation_problem
from peer.settings import Settings
from peer.tokens import Tokens


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what requests work with, and close it at the end."""
    settings = Settings()
    async with Aws(settings) as aws, Tokens(settings) as tokens:
        app.state.aws = aws
        app.state.tokens = tokens
        app.state.limit = SchoolLimit(settings.rate_per_second, settings.rate_burst)
        app.state.configuration = Configuration(aws, settings)
        app.state.encryption = Encryption(aws, settings)
        gc.set_threshold(50_000, 10, 10)
        gc.collect()
        gc.freeze()
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)
app.add_middleware(Observed)
app.include_router(grades.router)
app.include_router(reading.router)


@app.get("/health/ready")
async def ready() -> Response:
    """Say that it serves."""
    return Response()


@app.get("/metrics")
async def metrics() -> Response:
    """Show the metrics to Prometheus."""
    return metrics_text()


@app.exception_handler(Problem)
async def on_problem(request: Request, problem: Problem) -> Response:
    """Answer what a handler refused."""
    return problem_response(request, problem)


@app.exception_handler(RequestValidationError)
async def on_invalid(request: Request, error: RequestValidationError) -> Response:
    """Answer what the models refused."""
    return problem_response(request, validation_problem(error))
