"""The entities of the tables, one module each: the only definition of what an item holds."""
