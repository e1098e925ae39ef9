"""What is kept, of whom, why, and for how long: the one list. The nightly sweep, its dry run, the page /privacy, the
record of processing and docs/privacy.md are made of it, so that none of them can say what another does not do.
"""

from vitrine.privacy.rule import Rule
from vitrine.privacy.rules_of_shoppers import RULES_OF_SHOPPERS
from vitrine.privacy.rules_of_staff import RULES_OF_STAFF
from vitrine.privacy.rules_of_things import RULES_OF_THINGS

RULES: tuple[Rule, ...] = (*RULES_OF_SHOPPERS, *RULES_OF_STAFF, *RULES_OF_THINGS)
"""What ends first stands before what it refers to: deliveries before announcements."""
