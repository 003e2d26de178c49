"""What a label config asks: read once, checked, and shown to annotators as guidelines."""
