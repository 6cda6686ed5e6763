"""Finds the program to optimise, under any of the names that a program goes by."""

from pathlib import Path

from lakegloss.errors import SettingsError
from lakegloss.learning.optimisation.optimizing import ProgramToOptimize
from lakegloss.programs.comment import PROGRAM, CommentProgram
from lakegloss.programs.saved import load_saved
from lakegloss.release.chosen import chosen_program
from lakegloss.release.files import read_file, saved_of
from lakegloss.release.registry import Registry
from lakegloss.release.version import reference_of
from lakegloss.settings import Settings


def program_to_optimize(
    settings: Settings, name: str = "", state: Path | None = None
) -> ProgramToOptimize:
    """Find the program to optimise.

    Args:
        name: `comment` (also where none is given: as the settings choose it), the name of a
            signature, a program's file (YAML, or the JSON text of `save`), or the reference of a
            registered version.
        state: a file of the comment program's state, to begin with.

    Raises:
        SettingsError, SignatureError: it cannot be used.
        VersionNotFoundError, VersionRefusedError, RegistryError: the version cannot be used.
    """
    if state is not None and name not in {"", PROGRAM}:
        raise SettingsError("Only the comment program has a state file.", remedy="Leave it out.")
    if state is not None:
        program = CommentProgram.restore(read_file(state, "state"))
        return ProgramToOptimize(label=state.name, name=PROGRAM, program=program)
    if name in {"", PROGRAM}:
        chosen = chosen_program(settings)
        label = chosen.reference or PROGRAM
        return ProgramToOptimize(label=label, name=PROGRAM, program=chosen.program)
    if "@" in name or (name.rpartition("/")[2].isdecimal() and not Path(name).exists()):
        registry = Registry(settings)
        saved = registry.saved(registry.find(reference_of(name)))
    else:
        saved = saved_of(name)
    return ProgramToOptimize(label=name, name=saved.name, program=load_saved(saved))
