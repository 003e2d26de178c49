"""How far a study is while it runs, and what a coordinator should look at: pure, from the tasks of an export."""

from annotate.coordination.following._follow import (
    Followed,
    agreement_frame,
    follow,
    part_frame,
    progress_frame,
)
from annotate.coordination.following.irregular import Warned

__all__ = ["Followed", "Warned", "agreement_frame", "follow", "part_frame", "progress_frame"]
