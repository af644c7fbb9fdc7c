"""Suites of people who steer nothing: what they hold, what they need, and how they are run."""

from __future__ import annotations

from dataclasses import dataclass, field

# What a run leaves behind in its process, written where nobody compares output.
CONFTEST = """
import gc, json, logging, os, pathlib, random, signal, sys, threading, warnings
import pytest

def pytest_addoption(parser):
    parser.addoption("--model", default="none", help="a car")
    parser.addini("models", "cars")

def pytest_configure(config):
    config.addinivalue_line("markers", "steering(side): where the wheel is")
    config.addinivalue_line("markers", "gpu: needs one")

@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    root = logging.getLogger()
    state = {
        "variables": {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_XDIST", "FOREIGN"))},
        "loggers": sorted(logging.Logger.manager.loggerDict),
        "root logger": [root.level, len(root.handlers), root.disabled],
        "warnings": [str(one) for one in warnings.filters],
        "path": sys.path,
        "modules": sorted(sys.modules),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "signals": [str(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)],
        "hooks": [str(sys.excepthook), str(sys.breakpointhook), str(sys.displayhook), gc.isenabled()],
        "directory": os.getcwd(),
    }
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    pathlib.Path(os.environ["FOREIGN_STATE"], worker + ".json").write_text(json.dumps(state))
"""

OWN_NAMES = '''
import unittest
import pytest

@pytest.fixture(params=["left", "right"])
def steering_model(request): return request.param

@pytest.fixture(scope="module")
def steering(): return "wheel"

@pytest.fixture
def contrast_pairs(steering, steering_model): return [(steering, steering_model)]

@pytest.fixture
def steering_adapter(): return None

@pytest.fixture
def model(): return 1

@pytest.fixture
def vector(model): return [model]

def test_own_fixtures(steering_model, contrast_pairs, steering_adapter, vector):
    assert contrast_pairs == [("wheel", steering_model)] and vector == [1]

@pytest.mark.parametrize("steering_model, n", [("a", 1), ("b", 2)])
def test_own_values(steering_model, n): assert steering_model in "ab"

@pytest.mark.parametrize(["steering_model"], [["c"]], indirect=True)
def test_own_indirect_values(steering_model): assert steering_model == "c"

@pytest.mark.steering("left")
@pytest.mark.gpu
def test_own_marker(): pass

@pytest.mark.steering(limit=0, models="none", side=None)
def test_own_marker_with_words(steering): assert steering == "wheel"

class TestByHook:
    def pytest_generate_tests(self, metafunc): metafunc.parametrize("steering_adapter", [1, 2])
    def test_values_of_a_hook(self, steering_adapter): assert steering_adapter

class TestOld(unittest.TestCase):
    def setUp(self): self.one = 1
    def test_one(self): self.assertEqual(self.one, 1)
    @unittest.skip("not now")
    def test_two(self): pass
    @unittest.expectedFailure
    def test_three(self): self.fail()

def double(n):
    """Twice as much.

    >>> double(2)
    4
    >>> double(1)
    3
    """
    return 2 * n

@pytest.mark.xfail(strict=True)
def test_expected(): assert 0

def test_failing(capsys, tmp_path, caplog, monkeypatch, recwarn, pytestconfig):
    assert pytestconfig.getoption("--model") == "some"
'''

ASYNC = """
import asyncio
import time
import pytest

@pytest.mark.asyncio
async def test_later(): await asyncio.sleep(0)

@pytest.fixture
async def model():
    yield await asyncio.sleep(0, 2)

@pytest.mark.asyncio
async def test_own_model(model): assert model == 2

@pytest.mark.timeout(0.3)
def test_too_long(): time.sleep(5)
"""

FLAKY = """
import pytest
tries = []

@pytest.mark.flaky(reruns=2)
def test_third_time_lucky():
    tries.append(1)
    assert len(tries) == 3

def test_never(): assert 0
"""

PLAIN = "import pytest\n" + "\n".join(
    f"@pytest.mark.parametrize('n', range(4))\ndef test_{name}(n): assert n != {number}"
    for number, name in enumerate("abcd")
)


@dataclass(frozen=True)
class Suite:
    """One of them.

    Attributes:
        files: Name to content.
        runs: Arguments of pytest, a list a run; the second may find what the first left.
        needs: Modules of the plugins that it is run with.
        scattered: Whether lines come in another order each time.
    """

    files: dict[str, str]
    runs: list[list[str]] = field(default_factory=lambda: [[]])
    needs: tuple[str, ...] = ()
    scattered: bool = False


STRICT = ["--strict-markers", "-W", "error", "--model", "some", "--doctest-modules", "-rA"]

SUITES = {
    "own names": Suite(
        {"test_own.py": OWN_NAMES},
        [STRICT, [*STRICT, "--lf"], ["-m", "gpt"], ["-m", "not (gpu or not gpu)"]],
    ),
    "unknown markers": Suite(
        {"test_a.py": "import pytest\n@pytest.mark.llama\ndef test_a(): pass"},
        [["--strict-markers"], ["-m", "llama"], ["-W", "error"], ["--collect-only", "-q"], ["missing.py"]],
    ),
    "other baselines": Suite(
        {"test_a.py": "def test_a(): pass", "benchmarks/baselines/x/y.json": '{"rows": [1]}'},
        [["-o", "junit_family=xunit2", "--junitxml=out.xml"]],
    ),
    "asyncio and timeout": Suite(
        {"test_later.py": ASYNC}, [["-o", "asyncio_mode=auto"]], ("pytest_asyncio", "pytest_timeout")
    ),
    "randomly": Suite(
        {"test_plain.py": PLAIN},
        [["-v", "--randomly-seed=3"], ["-v", "-p", "no:randomly"]],
        ("pytest_randomly",),
    ),
    "cov": Suite(
        {"car.py": "def go(): return 1", "test_car.py": "import car\ndef test_go(): assert car.go() == 1"},
        [["--cov=car", "--cov-report=term-missing", "--cov-fail-under=100"]],
        ("pytest_cov",),
    ),
    "rerunfailures": Suite({"test_flaky.py": FLAKY}, [["--reruns", "1"]], ("pytest_rerunfailures",)),
    "xdist": Suite({"test_plain.py": PLAIN}, [["-n", "2", "-v"]], ("xdist",), scattered=True),
}
