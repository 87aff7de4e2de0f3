"""Tests of what the scenarios judge by; they need no broker."""

import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "kafka")]
