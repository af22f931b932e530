"""The isolation battery: each wall between two schools attacked with the others taken away, and without its guards."""
