"""What the peer is told by its environment: the variables of the service that it stands beside."""

import os


class Settings:
    """The settings."""

    def __init__(self) -> None:
        self.region = os.environ["AWS_REGION"]
        self.endpoint_url = os.environ["LUCA_AWS_ENDPOINT_URL"]
        self.role_arn = os.environ["LUCA_TENANT_ROLE_ARN"]
        self.kms_key_id = os.environ["LUCA_KMS_KEY_ID"]
        self.jwks_url = os.environ["LUCA_JWKS_URL"]
        self.issuer = os.environ["LUCA_TOKEN_ISSUER"]
        self.client_id = os.environ["LUCA_CLIENT_ID"]
        self.rate_per_second = float(os.environ["LUCA_RATE_PER_SECOND"])
        self.rate_burst = float(os.environ["LUCA_RATE_BURST"])
        self.class_cache = float(os.environ.get("LUCA_CLASS_CACHE", "30"))
        self.rules_cache = float(os.environ.get("LUCA_RULES_CACHE", "30"))
        self.term_staleness = float(os.environ.get("LUCA_TERM_STALENESS", "5"))
        self.table = "luca"
        self.keys_table = "luca-keys"
