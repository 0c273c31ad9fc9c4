"""A bank partner's own pages: itself and nothing else."""
