"""Text for cells that no spreadsheet takes for a formula. Imports nothing: the guarded child uses it too."""


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without signs that no workbook may hold.

    The apostrophe is the sign for "this is text" of all spreadsheets; the cells' own cleaning takes it away again.
    """
    clean = "".join(c for c in text if c >= " " or c in "\n\t")[:32_000]
    return f"'{clean}" if clean.startswith(("=", "+", "-", "@", "\t", "\n")) else clean
