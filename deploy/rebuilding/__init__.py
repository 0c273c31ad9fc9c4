"""`motcua rebuild`: operations reads the log from its beginning into the edition of its tables that
does not serve, while the other one serves; when that is read, it serves.

Reading order: `editions` (what has to be asked of Kafka and MongoDB), `command`.
"""
