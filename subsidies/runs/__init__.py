"""What is told of a month's run: its differences from the month before, its totals, its workbooks. Reads only."""
