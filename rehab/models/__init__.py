"""Rehabilitation: the yearly needs survey, services given, assistive devices fitted."""

from rehab.models.devices import DeviceFitting
from rehab.models.needs import RehabNeed
from rehab.models.services import RehabService, ServiceKind

__all__ = ["DeviceFitting", "RehabNeed", "RehabService", "ServiceKind"]
