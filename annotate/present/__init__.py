"""What people read: words, tables, charts, the report and the workbook. Nothing here measures."""

from typing import Literal

Format = Literal["table", "csv", "json", "markdown", "parquet"]
"""How a table is written; it stands here because the command line names it before it imports pandas."""
