"""What portals sent against what stands with us."""
