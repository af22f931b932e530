"""The second wall: ids that are ids, keys that only a context makes, and a last look at what is about to leave."""

from collections.abc import Sequence

from luca_local.isolation.attempts import Tried
from luca_local.isolation.guards import Guard
from luca_local.isolation.type_wall.api_doors import tried_api
from luca_local.isolation.type_wall.ciphertexts import tried_ciphertexts
from luca_local.isolation.type_wall.foreign_keys import tried_keys
from luca_local.isolation.type_wall.guards import GUARDS
from luca_local.isolation.type_wall.index_attributes import tried_index_attributes
from luca_local.isolation.type_wall.no_keys import tried_parts, tried_texts_as_keys
from luca_local.isolation.type_wall.other_doors import tried_elsewhere
from luca_local.isolation.type_wall.payloads import tried_payloads
from luca_local.isolation.type_wall.positions import tried_positions
from luca_local.isolation.type_wall.rig import rig
from luca_local.isolation.type_wall.signatures import tried_signatures
from luca_local.isolation.walls import Plan, Wall


class TypeWall(Wall):
    """Ids, keys and tables, by somebody whose credentials reach everything."""

    name = "types"
    alone = "everybody signs as root, at an AWS that refuses nothing: only ids and keys are in the way"

    @property
    def guards(self) -> Sequence[Guard]:
        """What it consists of."""
        return GUARDS

    async def tried(self, plan: Plan) -> list[Tried]:
        """Try every door, every method and every kind of key."""
        async with rig() as place:
            found = [
                *await tried_keys(place),
                *await tried_index_attributes(place),
                *await tried_texts_as_keys(place),
                *await tried_positions(place),
                *tried_parts(),
                *await tried_payloads(place),
                *await tried_ciphertexts(place),
                *await tried_elsewhere(plan),
                *await tried_api(place, plan),
                *(tried_signatures() if not plan.kinds else ()),
            ]
        return [each for each in found if plan.wants(each.kind)]
