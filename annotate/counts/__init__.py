"""The only code that sees rows: a table of ratings becomes patterns, assignments and judgements."""
