"""What people read: words, tables, charts, the report and the workbook. Nothing here measures."""

from typing import Literal

Format = Literal["table", "csv", "json", "markdown", "parquet"]
"""How a table is written. It is here because the command line needs it before pandas is imported."""
