"""Tenant isolation: who asks, which keys are theirs, and the credentials that can reach nothing else."""
