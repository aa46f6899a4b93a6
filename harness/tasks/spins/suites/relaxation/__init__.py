"""Do the references of the package and the subject relax as Spinach says, to the equilibrium that is stated?

``plan.py``, ``cases.py`` (the answers of Spinach), ``package.py`` (the references of the package), ``measure.py`` (the
subject), ``faults.py``, ``figure.py``, ``page.py`` and ``test_relaxation.py``. The references of the package are judged
in every run, whatever its subject.
"""
