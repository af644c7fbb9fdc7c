"""Faults put below the API: what is asked for stays as it is, what happens does not."""

from tests.faults.data import DATA_FAULTS
from tests.faults.engine import ENGINE_FAULTS
from tests.faults.fault import Fault, findings_of, hold, inject, nothing
from tests.faults.gate import GATE_FAULTS
from tests.faults.model import MODEL_FAULTS

FAULTS = (*ENGINE_FAULTS, *MODEL_FAULTS, *DATA_FAULTS, *GATE_FAULTS)

__all__ = ["FAULTS", "Fault", "findings_of", "hold", "inject", "nothing"]
