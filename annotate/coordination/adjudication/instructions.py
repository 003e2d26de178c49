"""What an adjudicator reads before the first passage."""

INSTRUCTIONS = """
<p>The annotators differ on these passages. The table beside the text says what they chose, without names; their
numbers are drawn anew for each passage. Decide on what is <b>open</b>. The rest is filled in, and may be changed.
Decide by the codebook and the text, not by the number of votes.</p>
<br>
<p>To take over all that one annotator answered, open the passage from the list of tasks, choose <b>coder 1</b>,
<b>coder 2</b> ... above the text, and in its menu (three dots) <b>Duplicate Annotation</b>; then submit.</p>
""".strip()
