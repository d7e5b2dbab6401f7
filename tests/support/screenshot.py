"""The picture in the docs. To make it again: python -m tests.support.screenshot docs/using/plan.png.

This needs Chromium and Pillow, which no other test needs: python -m pip install pillow.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from reconciler.render.formats.html.page import to_html
from reconciler.render.views.review.document import review_view
from tests.support.chromium import Page, opened
from tests.support.sample import sample_plan

WIDTH = 860  # of each of the two


def main() -> None:
    """Write a picture of a plan's page, in light and dark colours side by side."""
    target = Path(sys.argv[1]).absolute()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        html = to_html(review_view(sample_plan(Path())), "acme-ai: plan")
        with opened(Path("profile").absolute()) as browser:
            page = Page(browser)
            pictures = [page.show(html, Path("page.html").absolute(), WIDTH, dark).picture() for dark in (False, True)]
    light, dark = (Image.open(BytesIO(picture)).convert("RGB") for picture in pictures)
    both = Image.new("RGB", (light.width + dark.width, light.height))
    both.paste(light, (0, 0))
    both.paste(dark, (light.width, 0))
    both.quantize(200, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main()
