"""Mends: PartiQL statements are authorised as the operation that carries them.

ministack 1.5.33 asks for `dynamodb:ExecuteStatement`, `BatchExecuteStatement` and `ExecuteTransaction` on `*`. These
are no IAM actions; AWS asks for `PartiQLSelect`, `PartiQLInsert`, `PartiQLUpdate` or `PartiQLDelete` on the statement's
table or index, with `dynamodb:FullTableScan` for selects, and answers a statement of a batch that may not run by an
error in its place (developer guide, "IAM security policies with PartiQL for DynamoDB"; `BatchStatementError`). Mended
by asking per statement; see `partiql_targets` and `dynamodb_checks`.
"""

from luca_local.emulator.dynamodb_authorisation import authorisation


def install() -> None:
    """Authorise PartiQL statements one by one."""
    authorisation.authorise_statements()
