"""Changing a subject's grading rules: the new version for good, the one in force, and the subject's directory entry.

All three are one transaction. Grades that are stored stay as they are, each with the version it was graded by; averages
are made by the rules in force, here at once and in every other task as soon as it no longer believes the old ones.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from luca_interactive.access import Caller
from luca_interactive.api.rules import RulesAnswer, RulesChange
from luca_interactive.configuration import DENIAL_AGE_S, Configuration
from luca_interactive.rules_fitness import refuse_unfit
from luca_interactive.subject_classes import open_classes_of
from luca_interactive.versioned_writing import conflict_with, next_version, store
from luca_shared.aws.expressions import absent
from luca_shared.records import timestamps
from luca_shared.records.rules import Category, Rules, same_content
from luca_shared.records.subject import Subject
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Precondition, Replace
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Subject as SubjectId
from luca_shared.tenancy.table import Tables
from luca_shared.tenancy.writes import Put

_MOST_NAMED = 5


class RulesWriting:
    """Reads and changes rules.

    Args:
        tables: Where they are.
        configuration: What is remembered of rules and classes, here.
        now: The present, as it is stored.
    """

    def __init__(
        self, tables: Tables, configuration: Configuration, *, now: Callable[[], Timestamp] = timestamps.now
    ) -> None:
        self._tables = tables
        self._configuration = configuration
        self._now = now

    async def in_force(self, context: TenantContext, subject: SubjectId) -> Rules | None:
        """Return a subject's rules as they were last written."""
        item = await self._tables.of(context).get(keys.rules(context, subject), consistent=True)
        return None if item is None else Rules.from_item(item)

    async def change(
        self, caller: Caller, subject: SubjectId, change: RulesChange, precondition: Precondition
    ) -> Rules:
        """Put rules in place of the version that the precondition names.

        Raises:
            Problem: 422, they can't be graded by; 412, another version is in force, or none; 409, they lack a category
                that assessments use.
        """
        refuse_unfit(change)
        context = caller.context
        wanted = self.wanted(caller, subject, change, next_version(precondition))
        if isinstance(precondition, Replace):
            current = await self.in_force(context, subject)
            if current is not None and current.version == wanted.version and same_content(current, wanted):
                return current  # the request was carried out before
            if current is None or current.version != precondition.version:
                raise conflict_with(current, RulesAnswer.of)
            await self._refuse_vanishing(context, subject, current.categories.keys() - wanted.categories.keys())
        entry = Subject(subject=subject, rules_version=wanted.version)
        try:
            return await store(
                self._tables.of(context),
                wanted,
                [wanted.current_key(context)],
                precondition,
                read=Rules.from_item,
                same=same_content,
                shown=RulesAnswer.of,
                also=[
                    Put(wanted.key(context), wanted.to_item(), absent()),
                    Put(entry.directory_key(context), entry.to_item()),
                ],
            )
        finally:  # also when the answer was lost: they may have been stored
            self._configuration.rules_changed(context, subject)

    def wanted(self, caller: Caller, subject: SubjectId, change: RulesChange, version: int) -> Rules:
        """Make the record of a change."""
        return Rules(
            subject=subject,
            version=version,
            categories={
                name: Category(weight=Decimal(each.weight), drop_lowest=each.drop_lowest)
                for name, each in change.categories.items()
            },
            letters={letter: Decimal(bound) for letter, bound in change.letters.items()},
            passing=Decimal(change.passing),
            missing_as_zero=change.missing_as_zero,
            late_penalty_percent=Decimal(change.late_penalty_percent),
            rounding=change.rounding,
            decimals=change.decimals,
            changed_by=caller.person_id,
            changed_at=self._now(),
        )

    async def _refuse_vanishing(self, context: TenantContext, subject: SubjectId, dropped: Iterable[str]) -> None:
        """Refuse to drop a category that is in use: its grades would count for nothing, and nobody would have said so.

        Who wants just that keeps the category with the weight 0. It is a look, not a lock: an assessment that is made
        at the same time isn't seen, and the preview names it ever after.
        """
        left = frozenset(dropped)
        if not left:
            return
        classes = await open_classes_of(self._tables.of(context), self._configuration, subject)
        used: dict[str, list[str]] = {}
        for class_ in classes:
            classroom = await self._configuration.classroom(context, class_.class_id, max_age=DENIAL_AGE_S)
            for category in sorted({each.category for each in classroom.assessments.values()} & left):
                used.setdefault(category, []).append(class_.class_id)
        if used:
            told = "; ".join(f'"{category}" in {_some(class_ids)}' for category, class_ids in sorted(used.items()))
            raise problems.conflict(
                f"assessments use categories that these rules lack: {told}."
                " Move the assessments to another category first, or keep the category with the weight 0"
            )


def _some(class_ids: list[str]) -> str:
    named, more = class_ids[:_MOST_NAMED], len(class_ids) - _MOST_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
