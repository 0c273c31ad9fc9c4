"""All simulated partners of a system in one process, each at `/{name}`.

The file of partners says who there is and what each speaks; the clients file has the keys.

Reading order: `opened` (a partner of each family), `rough` (what befalls their calls), `http` (all
of them behind one address).
"""
