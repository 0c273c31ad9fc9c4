"""Who was shown what, for those who look after that."""
