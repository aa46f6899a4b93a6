"""The common part of the bridges to all production codes.

A production code is a program whose results the harness uses as the truth. It may be missing, hang, or die; it may
take hours, so that its results are stored in files. A bridge answers a request by the first available of these:

    an entry of the cache | an engine, live | a fallback, if it is allowed | a refusal with the reason of each of these

=======================  ==================================================================================
:mod:`.engine`           what an engine is, and what can go wrong with one
:mod:`.rungs`            the ladder: which methods are available on this machine, and why the others are not
:mod:`.process`          a program with a time limit, killed with everything that it has started
:mod:`.entry_file`       one result in one HDF5 file with a checksum over every byte
:mod:`.folders`          folders of such files: looked up, stored, verified
:mod:`.pins`             checksums of the files that come with the package, so that another file is recognised
:mod:`.filling`          computing what is missing: in parallel, resumable
:mod:`.recorded`         requests of plain values and their results, as entries of a cache
:mod:`.production_code`  all of this in one class, for a production code with requests of plain values
=======================  ==================================================================================

The parts specific to one production code (its input files, its units, its versions) are in the folder of its task.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    from harness.moved import moved_attribute

    if name.startswith("__"):
        raise AttributeError(name)
    return moved_attribute(__name__, name)
