"""The platform in containers (`infra/local/compose.yaml`): what sets it up, and how each service is told of it."""
