"""The names that the tables have where they are deployed."""

from dataclasses import dataclass

from luca_shared.tenancy.key_types import Table


@dataclass(frozen=True, slots=True)
class TableNames:
    """A name for each table."""

    luca: str = "luca"
    luca_keys: str = "luca-keys"
    luca_gov_sync: str = "luca-gov-sync"

    def of(self, table: Table) -> str:
        """Return the name of a table."""
        match table:
            case Table.LUCA:
                return self.luca
            case Table.KEYS:
                return self.luca_keys
            case Table.GOV_SYNC:
                return self.luca_gov_sync
