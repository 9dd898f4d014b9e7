"""A filter in words, for whoever takes out what it shows."""

from __future__ import annotations

from typing import Any


def chosen_of(form: Any) -> dict[str, str]:
    """The choices in force: {label of the field: label of what was chosen}; none of a filter that is wrong."""
    if not form.is_valid():
        return {}
    return {
        str(form.fields[name].label): _word(form.fields[name].choices, value)
        for name, value in form.cleaned_data.items()
        if value
    }


def _word(choices: Any, value: str) -> str:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            if word := next((word for inner, word in label if inner == value), None):
                return str(word)
        elif str(key) == value:
            return str(label)
    return value
