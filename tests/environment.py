"""Sets the environment before Django reads it; loaded by pytest ahead of everything (``-p tests.environment``)."""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

gc.set_threshold(50_000, 20, 100)  # nearly all that a run loads stays: looking through it took a tenth of its time
_folder = tempfile.mkdtemp(prefix="line-tests-")
Path(_folder, "staticfiles").mkdir()  # whitenoise warns where it finds none
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("HOTLINE_") and name != "HOTLINE_KEYSTORE_URL"]:
    del os.environ[_name]  # what somebody set for a line of their own says nothing about the tests
if "TESTED_FIRST_START" not in os.environ:  # the workers of a run have it from whoever started them
    os.environ["TESTED_FIRST_START"] = str(Path(_folder, "first-start"))
    Path(_folder, "first-start").mkdir()
os.environ["HOTLINE_DEMO"] = "1"
os.environ["HOTLINE_STAGE"] = os.environ.get("TESTED_STAGE", "A")
os.environ["HOTLINE_DATA"] = _folder
os.environ["HOTLINE_LOG_LEVEL"] = "WARNING"
