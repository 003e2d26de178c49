"""What people read: words, tables, charts, the report and the workbook. Nothing here measures."""
