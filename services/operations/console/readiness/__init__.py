"""Whether a service centre is ready."""
