"""Where we answer otherwise than Debian's Glance, and why."""

import dataclasses
import fnmatch


@dataclasses.dataclass(frozen=True)
class Intended:
    """Differences at probes and for callers named by patterns. `ours` and `theirs` are statuses; None stands for any,
    and for lists whose contents differ."""
    reason: str
    probes: tuple
    callers: tuple
    ours: int | None = None
    theirs: int | None = None

    def explains(self, probe, who, ours, theirs):
        return (any(fnmatch.fnmatchcase(probe, pattern) for pattern in self.probes) and
                any(fnmatch.fnmatchcase(who, pattern) for pattern in self.callers) and
                self.ours in (None, ours[0]) and self.theirs in (None, theirs[0]))


NO_READERS = ("no role", "service", "system admin", "administrator by default only", "* only",
              "owner without get_image")

INTENDED = (
    Intended("who may not know of an image is told that there is none; Debian's Glance looks at the visibility before "
             "it asks for get_image", ("publicize (*", "communitize (*", "replace locations (*", "members (*",
                                       "share (*", "accept (*", "stop sharing (*", "rename and publicize (*"),
             NO_READERS, 404, 403),
    Intended("who has no project is nobody's member; to Debian's Glance images shared with anybody are shared with him",
             ("list*",), ("no project",), 200, 200),
    Intended("who may not delete an image that he sees is told so; Debian's Glance says that it is not there",
             ("delete (of nobody)", "delete (community)", "delete (public)"), ("*",), 403, 404),
    Intended("who may not change an image is told so before anything else; Debian's Glance notices when it writes",
             ("add a location (*",), ("*",), 403, 400),
    Intended("who may not change an image is told so before anything else; Debian's Glance notices when it writes",
             ("remove a tag (*",), ("stranger with every role",), 403, 404),
    Intended("who may not change an image is told so before anything else; Debian's Glance notices when it writes",
             ("upload (*", "stage (*"), ("stranger with every role",), 403, 409),
    Intended("who may not change an image is told so before anything else; Debian's Glance notices when it writes",
             ("delete from a store (*",), ("stranger with every role",), 403, 500),
    Intended("who may make an image for another project may make one that he does not see; Debian's Glance makes it, "
             "and then answers that it may not", ("create for P", "create for Q"), ("* with *",), 201, 403),
)


def explanations(probe, who, ours, theirs):
    """All that stand for this difference."""
    return {entry for entry in INTENDED if entry.explains(probe, who, ours, theirs)}
