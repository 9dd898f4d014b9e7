#!/usr/bin/env python3
"""Copy the front-end files named in package.json into static/vendor, where they are committed.

    npm ci --ignore-scripts && python3 tools/vendor_assets.py     after changing a version
    python3 tools/vendor_assets.py --check                        are the committed files these versions?

Running the system needs neither Node nor this script. htmx is not here: the django-htmx wheel ships it.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "bootstrap-icons/LICENSE": "bootstrap-icons/LICENSE",
    # Bars and lines with legend and tooltip; half of what the whole of it weighs.
    "echarts/dist/echarts.common.min.js": "echarts/echarts.common.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
}
# Only the icons the templates name; one sprite, referenced with <use>, hidden from assistive technology.
ICONS = (
    "arrow-counterclockwise",
    "arrow-down",
    "arrow-left",
    "arrow-repeat",
    "arrow-right",
    "arrow-up",
    "bar-chart-line",
    "box-arrow-right",
    "calendar3",
    "check-circle",
    "check-circle-fill",
    "check-lg",
    "chevron-right",
    "clock",
    "clock-history",
    "cloud-arrow-up",
    "dash-circle",
    "download",
    "exclamation-octagon-fill",
    "exclamation-triangle-fill",
    "eye",
    "eye-slash",
    "file-earmark-spreadsheet",
    "hourglass-split",
    "house",
    "inbox",
    "info-circle-fill",
    "key",
    "list",
    "list-check",
    "people",
    "person-circle",
    "plus-lg",
    "printer",
    "search",
    "sliders",
    "x-circle",
    "x-circle-fill",
    "x-lg",
)
# A map that is not shipped stops ManifestStaticFilesStorage, which looks every named file up.
SOURCE_MAP = re.compile(rb"\n?/[*/][#@] sourceMappingURL=[^\n]*(?:\*/)?\n?$")


def wanted() -> dict[Path, bytes]:
    """The content every vendored file should have."""
    files = {
        VENDOR / target: SOURCE_MAP.sub(b"\n", (MODULES / source).read_bytes()) for source, target in COPIES.items()
    }
    files[VENDOR / "bootstrap-icons" / "sprite.svg"] = sprite()
    return files


def sprite() -> bytes:
    """One SVG with a <symbol> for each icon."""
    symbols = []
    for name in ICONS:
        svg = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        assert body, name
        paths = "".join(line.strip() for line in body[1].splitlines())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{paths}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def main() -> int:
    """Write the files, or with --check say which differ."""
    if not MODULES.is_dir():
        print("node_modules is missing: run `npm ci --ignore-scripts` first.", file=sys.stderr)
        return 2
    differing = [path for path, content in wanted().items() if not path.is_file() or path.read_bytes() != content]
    if "--check" in sys.argv[1:]:
        for path in differing:
            print(f"differs from package.json's version: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if differing else 0
    for path, content in wanted().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{len(differing)} of {len(wanted())} files updated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
