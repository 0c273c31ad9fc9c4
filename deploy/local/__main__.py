"""`python -m deploy.local`: the same as `motcua`."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while imports are under way: a quiet end

from deploy.local.cli import main  # noqa: E402 - these imports take long

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
