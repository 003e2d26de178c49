"""Everything that talks to a Label Studio, and the only part that does."""
