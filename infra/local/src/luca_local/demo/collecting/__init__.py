"""Collects evidence: tables and queues read as the administrator, the government's log read from its file."""
