"""What the housing office delivers: home retrofits, and the inventory of public places."""

from accessibility.sheets.homes import HomeRetrofitSheet
from accessibility.sheets.places import FacilitySheet

__all__ = ["FacilitySheet", "HomeRetrofitSheet"]
