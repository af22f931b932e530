"""Mends: `dynamodb:LeadingKeys` is never part of a request.

ministack 1.5.33 evaluates policies without it, so that `ForAllValues` on it is true and `Null: false` on it is false,
whatever item is asked for. AWS sets it to the partition keys that the request names (developer guide, "Using IAM policy
conditions for fine-grained access control"; "Actions, resources, and condition keys for Amazon DynamoDB"). Mended by
reading the keys from each request, statement and part of a transaction; see `dynamodb_checks`.
"""

from luca_local.emulator.dynamodb_authorisation import authorisation


def install() -> None:
    """Give DynamoDB requests their leading keys."""
    authorisation.set_leading_keys()
