"""The classes in which a subject is taught now: those whose term is open."""

from luca_interactive.configuration import Configuration
from luca_shared.records.class_ import Class
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import Subject
from luca_shared.tenancy.table import TenantTable


async def open_classes_of(table: TenantTable, configuration: Configuration, subject: Subject) -> list[Class]:
    """Return them from the school's directory, as it was last written."""
    context = table.context
    return [
        class_
        for term in await configuration.open_terms(context)
        async for item in table.items(keys.class_entries(context, term), consistent=True)
        if (class_ := Class.from_item(item)).subject == subject
    ]
