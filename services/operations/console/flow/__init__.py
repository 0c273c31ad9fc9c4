"""What flows: live numbers, each with how fresh it is."""
