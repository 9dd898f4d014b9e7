"""The board of the retrofits: sums by SQL, their plots, and their workbook."""
