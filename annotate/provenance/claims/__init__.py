"""Claims: which passages say the same, who has it from whom, and how many origins that comes to."""
