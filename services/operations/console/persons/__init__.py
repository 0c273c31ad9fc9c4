"""Find by person: what the one box sends, why somebody asks, and what intake knows."""
