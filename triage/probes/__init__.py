"""Hypotheses to observations: requests that a person asks for, never on their own."""

from triage.probes.http import Observation, ProbeError, probe_http

__all__ = ["Observation", "ProbeError", "probe_http"]
