"""How a difference is explained."""

import dataclasses
import fnmatch

ANYTHING = object()


@dataclasses.dataclass(frozen=True)
class Explained:
    """One kind of difference that may be, and why. Names of requests and of what differs may hold `*`."""
    reason: str
    requests: tuple
    what: str = "status"
    ours: object = ANYTHING
    theirs: object = ANYTHING

    def explains(self, difference):
        return (any(_matches(difference.request, name) for name in self.requests)
                and _matches(difference.what, self.what)
                and self.ours in (ANYTHING, difference.ours) and self.theirs in (ANYTHING, difference.theirs))

    def speaks_of(self, subject):
        """Whether its requests are those of one subject alone; a general rule is nobody's to keep."""
        return any(name.startswith(f"{subject}: ") for name in self.requests)

    def __str__(self):
        return f"{', '.join(self.requests)}: {self.what}"


def _matches(text, pattern):
    """fnmatch without its brackets, which are common in the names of requests."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
