"""What GFN2-xTB answers: live by tblite or the program xtb, from the cache, or a refusal that names every reason."""

from harness.tasks.kstep.references.answers import hessian_at, reference_path, start_state
from harness.tasks.kstep.references.entries import XtbEntries
from harness.tasks.kstep.references.ladder import Resolution, resolve

__all__ = ["Resolution", "XtbEntries", "hessian_at", "reference_path", "resolve", "start_state"]
