"""Where and how the system runs: `local` starts it on one machine, `sandbox` plays its partners."""
