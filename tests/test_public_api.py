import importlib
import pkgutil

import pytest

import annotate


@pytest.mark.parametrize(
    "name",
    [
        "annotate",
        "annotate.agreement",
        "annotate.provenance",
        "annotate.corpus",
        "annotate.consensus",
        "annotate.demo",
        "annotate.notebook",
    ],
)
def test_what_a_package_names_it_has_and_documents(name):
    module = importlib.import_module(name)
    kinds = {name: (not name.isupper(), not name[0].isupper(), name) for name in module.__all__}
    assert list(module.__all__) == sorted(module.__all__, key=kinds.__getitem__)  # as ruff sorts them
    for public in module.__all__:
        assert getattr(module, public).__doc__, public


def test_every_module_says_what_it_does():
    for found in pkgutil.walk_packages(annotate.__path__, "annotate."):
        if found.name != "annotate.__main__":
            assert importlib.import_module(found.name).__doc__, found.name


def test_every_error_is_one_of_ours():
    errors = importlib.import_module("annotate.errors")
    for name in dir(errors):
        found = getattr(errors, name)
        if isinstance(found, type) and issubclass(found, Exception):
            assert issubclass(found, annotate.AnnotateError)
            assert name in errors.__doc__
