"""The interactive service put together: from settings to an application that answers."""

import time
from collections.abc import Callable

from aiobotocore.session import get_session
from aiohttp import ClientSession, web

from luca_interactive.access import add_endpoints
from luca_interactive.authentication import Verifier, authentication
from luca_interactive.bulk_writing import BulkWriting
from luca_interactive.compression import compression
from luca_interactive.configuration import Ages, Configuration
from luca_interactive.description.document import document
from luca_interactive.erasing import Erasing
from luca_interactive.failures import failures_as_problems
from luca_interactive.first_answers import FirstAnswers
from luca_interactive.grade_writing import GradeWriting
from luca_interactive.idempotency import FIRST_ANSWERS
from luca_interactive.methods import allowed_methods
from luca_interactive.parts import PARTS, Parts
from luca_interactive.public import public_files, public_first
from luca_interactive.rate_limiting import rate_limiting, send_rate_limit
from luca_interactive.readiness import credentials_obtainable, keys_fetched
from luca_interactive.routes import ENDPOINTS
from luca_interactive.rules_writing import RulesWriting
from luca_interactive.sealed_texts import SealedTexts
from luca_interactive.settings import Settings
from luca_interactive.term_writing import FreezeTimes, TermWriting
from luca_shared.aws.client import AwsClient
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.kms import Kms
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.records import timestamps
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.service import Life
from luca_shared.runtime.web_app import web_app
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.jwks import Jwks
from luca_shared.tenancy.limits import SchoolRateLimit
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables
from luca_shared.tenancy.tokens import TokenVerifier


def api(
    parts: Parts, verifier: Verifier, limit: SchoolRateLimit, *, deadline: float, body_limit: int
) -> web.Application:
    """The application: every request is authenticated, limited, and answered by an endpoint that says who may.

    But for what is public: the description of all this, and the page that shows it.
    """
    app = web_app(deadline=deadline, body_limit=body_limit)
    app[PARTS] = parts
    app[FIRST_ANSWERS] = parts.first_answers
    app.middlewares.extend([
        public_first, failures_as_problems, authentication(verifier), rate_limiting(limit), allowed_methods, compression
    ])  # fmt: skip
    app.on_response_prepare.append(send_rate_limit)
    add_endpoints(app, ENDPOINTS, public_files(document(ENDPOINTS)))
    return app


async def api_of(settings: Settings, life: Life) -> web.Application:
    """The application as the settings want it; what it holds open is released when the service's life ends."""
    session = get_session()
    region, endpoint_url = settings.region, settings.aws_endpoint_url
    aws = await life.enter(AwsClient(region=region, endpoint_url=endpoint_url))
    sts = await life.enter(StsAssumeRole(region=region, endpoint_url=endpoint_url, session=session))
    jwks = Jwks(settings.jwks_url, await life.enter(ClientSession()), max_age=settings.jwks_cache)
    life.ready_when("user-pool-keys", keys_fetched(jwks))
    life.ready_when("credentials", credentials_obtainable(PlatformCredentials(session)))

    credentials = TenantCredentials(
        sts,
        role_arn=settings.tenant_role_arn,
        capacity=settings.credentials_cache,
        refresh_before=settings.credentials_refresh,
    )
    names = TableNames(settings.table, settings.keys_table, settings.gov_sync_table)
    tables = Tables(DynamoDB(aws), credentials, names)
    verifier = TokenVerifier(jwks, issuer=settings.token_issuer, client_id=settings.client_id)
    limit = SchoolRateLimit(per_second=settings.rate_per_second, burst=settings.rate_burst)
    encryption = FieldEncryption(tables, Kms(aws), key_id=settings.kms_key_id, max_age=settings.data_keys_cache)
    ages = Ages(classes=settings.class_cache, rules=settings.rules_cache, terms=settings.term_staleness)
    freeze = FreezeTimes(
        staleness=settings.term_staleness, deadline=settings.request_deadline, margin=settings.freeze_margin
    )
    return api(
        parts_of(tables, encryption, ages, freeze),
        verifier,
        limit,
        deadline=settings.request_deadline,
        body_limit=settings.body_limit,
    )


def parts_of(
    tables: Tables,
    encryption: FieldEncryption,
    ages: Ages,
    freeze: FreezeTimes,
    *,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], Timestamp] = timestamps.now,
) -> Parts:
    """What the endpoints work with; `clock` is a steady one, in seconds, `now` tells the time as it is stored."""
    configuration = Configuration(tables, ages=ages, clock=clock)
    texts = SealedTexts(encryption)
    writing = GradeWriting(tables, configuration, texts, now=now)
    return Parts(
        tables,
        configuration,
        texts,
        grade_writing=writing,
        bulk_writing=BulkWriting(writing),
        erasing=Erasing(tables, configuration, encryption, texts),
        rules_writing=RulesWriting(tables, configuration, now=now),
        term_writing=TermWriting(tables, configuration, freeze, now=now),
        first_answers=FirstAnswers(tables, encryption, now=now),
    )
