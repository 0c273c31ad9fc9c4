"""What operators do about dead letters and parked work; it keeps copies that wait for a second
person, and nothing else: all the rest stands in the log.
"""
