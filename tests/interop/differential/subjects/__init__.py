"""Everything that is asked, by subject: each a module with a list of steps, under one of the settings of pair.py."""

import dataclasses

from differential.request import Request
from differential.subjects import (create, data, discovery, headers, lifecycle, limits, listing, patching, personas,
                                   protection, proxied, quota, routes, sharing, stores, tags, tasks, versions)


@dataclasses.dataclass(frozen=True)
class Subject:
    name: str
    settings: str
    steps: tuple

    @property
    def requests(self):
        return [step for step in self.steps if isinstance(step, Request)]


def _subject(module, settings="plain"):
    """The module's steps, each with the subject in front of its name."""
    name = module.__name__.rpartition(".")[2]
    return Subject(name, settings, tuple(dataclasses.replace(step, name=f"{name}: {step.name}")
                                         for step in module.STEPS))


SUBJECTS = {subject.name: subject for subject in (
    _subject(routes), _subject(versions), _subject(create), _subject(listing), _subject(patching), _subject(data),
    _subject(sharing), _subject(tags), _subject(lifecycle), _subject(tasks), _subject(discovery), _subject(headers),
    _subject(limits, "limits"), _subject(stores, "stores"), _subject(proxied, "proxied"),
    _subject(personas, "identified"), _subject(quota, "quota"), _subject(protection, "protected"),
)}
