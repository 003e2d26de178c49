"""What was coded: exports, snapshots and tables of ratings, checked where they enter, as one study."""
