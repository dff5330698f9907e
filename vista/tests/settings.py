"""Settings for the tests: the project's own, whatever the shell or `.env` says."""

import os
import tempfile

os.environ.update(
    {
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 3,
        "DEBUG": "false",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "VISTA_BASE_URL": "http://localhost:8000",
        "VISTA_DATA_DIR": os.environ.get("VISTA_TEST_DATA_DIR") or tempfile.mkdtemp(prefix="vista-tests-"),
        "DATABASE_URL": os.environ.get("VISTA_TEST_DATABASE_URL", ""),
        "S3_BUCKET": "",
        "ML_ANALYSIS_ENABLED": "true",
        "ML_CALLBACK_HMAC_SECRET": "test-secret-of-the-pipelines,test-secret-before-the-rotation",
        "ML_ALLOWED_MODELS": "yolo_v8,resnet50,custom_model,test_model",
        "ML_SIGNATURE_SCHEMES": "body,timestamped",
        "PROXY_SHARED_SECRET": "",
        "VISTA_TRUSTED_PROXIES": "",
    }
)
for name in list(os.environ):
    if name.startswith(
        ("ML_MAX_", "ML_FINALIZE", "ML_UPLOAD", "ML_STALLED", "VISTA_RATE", "VISTA_MAX", "S3_")
    ):
        del os.environ[name]
if not os.environ["DATABASE_URL"]:
    del os.environ["DATABASE_URL"]

from vista.settings import *  # noqa: E402, F403
from vista.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if "sqlite" in DATABASES["default"]["ENGINE"]:  # a file: threads of a test share it as processes would
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['VISTA_DATA_DIR']}/test.sqlite3"}
