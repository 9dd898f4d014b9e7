"""`make bench`: speed, measured in one run on one machine; ratios first, absolute times beside them. Never a test."""
