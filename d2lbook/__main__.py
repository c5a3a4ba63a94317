"""``python -m d2lbook``."""

import sys

from d2lbook.cli import main

sys.exit(main())
