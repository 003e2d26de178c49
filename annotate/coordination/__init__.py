"""The work of many hands: who codes what, how far they are, what is suggested, and who decides."""
