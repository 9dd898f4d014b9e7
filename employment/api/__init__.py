"""What machines may ask of employment."""
