"""What a study's readers open: the page, its pictures, the workbook."""
