"""Settings for the benchmarks: the project's own as they are by default, with the textbook twin beside it."""

import os
from unittest.mock import patch

OURS = {
    "SECRET_KEY": "only-for-benchmarks-" + "0123456789abcdef" * 3,
    "ML_CALLBACK_HMAC_SECRET": "only-for-benchmarks",
    "ML_ALLOWED_MODELS": "benchmark_model",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "VISTA_LOG_LEVEL": "WARNING",  # as `make run` has it
}
# __main__.py gives these two; nothing else of the shell or of `.env` may change what is measured.
KEPT = {name: os.environ[name] for name in ("DATABASE_URL", "VISTA_DATA_DIR")}
for name in list(os.environ):
    if name.startswith(("ML_", "S3_", "VISTA_", "PROXY_")) or name in ("DEBUG", "WEB_CONCURRENCY"):
        del os.environ[name]
os.environ.update(OURS | KEPT)
with patch("environ.Env.read_env"):
    from vista.settings import *  # noqa: F403
    from vista.settings import INSTALLED_APPS, ML_MAX_BODY_BYTES, STATIC_ROOT, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.textbook"]
ROOT_URLCONF = "benchmarks.urls"
# The textbook reads `request.body`, which Django refuses beyond this.
DATA_UPLOAD_MAX_MEMORY_SIZE = ML_MAX_BODY_BYTES
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
