"""资金情况: what was paid by month, street and standard, what was paid late and what has to come back. Reads only.

People and amounts are those of the rosters, by the month they are for (所属月份); a locked run stands on the roster
(subsidies/services/runs.py). Back-pay and demands are those of locked runs, by the month of the run; what came back, by
the day it came. Statements grow neither with months nor with people.
"""

from subsidies.money.reading import Cell, Movement, Report, read
from subsidies.money.tables import MonthRow, Tables, tables_of

__all__ = ["Cell", "MonthRow", "Movement", "Report", "Tables", "read", "tables_of"]
