"""The workbook: a study as eight sheets for Excel and LibreOffice."""

from annotate.workbook.write import write_workbook

__all__ = ["write_workbook"]
