"""Who calls."""

from dataclasses import dataclass

from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Action, Role, Scope, may


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, and the API key when the call was made with one. Both as they are now: what a role or a key was
    yesterday counts for nothing.
    """

    person: User
    key: ApiKey | None = None

    @property
    def role(self) -> Role:
        return Role(self.person.role)

    @property
    def scopes(self) -> frozenset[Scope] | None:
        """The key's; None for a person, whom no scope holds back."""
        return None if self.key is None else frozenset(map(Scope, self.key.scopes))

    def may(self, action: Action) -> bool:
        return may(self.role, action, self.scopes)

    def may_as_person(self, action: Action) -> bool:
        """Whether it is at least not the role that forbids it."""
        return may(self.role, action)
