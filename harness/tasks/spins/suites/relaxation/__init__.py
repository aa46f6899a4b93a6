"""Do the references of the package and the subject relax as Spinach says, to the equilibrium that is stated?

``plan.py``, ``cases.py`` (the answers of Spinach), ``package.py`` (the references of the package), ``measure.py`` (the
subject), ``faults.py``, ``figure.py``, ``page.py`` and ``test_relaxation.py``. Whole molecules: ``whole.py`` and
``line_widths.py`` (strychnine), ``strychnine_figure.py``, ``whole_faults.py``, ``library.py``, ``network.py`` and
``test_whole_molecules.py``. The references of the package are judged in every run, whatever its subject.
"""
