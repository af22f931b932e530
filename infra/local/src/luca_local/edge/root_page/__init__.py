"""The edge's root page: what runs here, who can log in, and how a first grade is recorded. Local only."""
