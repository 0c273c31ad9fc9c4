"""`python -m deploy.local`: the same as `motcua`."""

from deploy.local.cli import main

main()
