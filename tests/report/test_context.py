"""Where a run says that it was made: the kernels by which its numbers were added up included."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from harness.machine import machine
from harness.report.context import arithmetic


def test_every_blas_library_is_named_with_its_version_and_kernel() -> None:
    assert np.ones(2) @ np.ones(2) == 2.0
    libraries = [one for one in threadpool_info() if one["user_api"] == "blas"]
    assert libraries
    stated = arithmetic()["blas"]
    for one in libraries:
        assert str(one["version"]) in stated
        assert one.get("architecture", "unknown") in stated


def test_variables_that_choose_kernels_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.delenv("ATEN_CPU_CAPABILITY", raising=False)
    found = arithmetic()
    assert (found["OPENBLAS_CORETYPE"], found["ATEN_CPU_CAPABILITY"]) == ("Nehalem", "unset")


def test_torch_is_requested_where_it_is_loaded_and_never_loaded_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    assert arithmetic()["torch_cpu"] == torch.backends.cpu.get_cpu_capability()
    monkeypatch.delitem(sys.modules, "torch")
    assert arithmetic()["torch_cpu"] == "not loaded"
    assert "torch" not in sys.modules


def test_instruction_sets_are_those_of_the_processor() -> None:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = file.read().split()
    assert ("avx2" in arithmetic()["cpu_flags"].split()) == ("avx2" in flags)
    assert ("avx512f" in arithmetic()["cpu_flags"].split()) == ("avx512f" in flags)


def test_no_name_of_a_host_or_a_user_is_recorded() -> None:
    import getpass
    import platform

    text = str({**machine(), **arithmetic()})
    assert platform.node() not in text or not platform.node()
    assert f"/{getpass.getuser()}/" not in text
