"""The foundation's pages. Views are thin: what they do is done by services."""
