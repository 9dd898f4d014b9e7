"""Every write to the registry by a person's hand (sheets write through the sheet engine)."""
