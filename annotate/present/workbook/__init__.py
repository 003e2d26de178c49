"""The workbook: a study as eight sheets for Excel and LibreOffice."""

from annotate.present.workbook.write import write_workbook

__all__ = ["write_workbook"]
