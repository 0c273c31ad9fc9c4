"""What operators do about dead letters and parked work; it keeps what waits for a second
person, and nothing else: all the rest stands in the log.
"""
