"""Settings for the tests: the project's own, whatever the shell or `.env` says."""

import os
from unittest.mock import patch

from vista.tests import ground

for name in list(os.environ):
    if name.startswith(("ML_", "S3_", "VISTA_")) and not name.startswith("VISTA_TEST_"):
        del os.environ[name]
DATA_DIR = ground.data_dir()
os.environ.update(
    {
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 3,
        "DEBUG": "false",
        "VISTA_DB_POOL": "0",  # the test runner copies and drops databases under our feet
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "VISTA_BASE_URL": "http://localhost:8000",
        "VISTA_DATA_DIR": DATA_DIR,
        "DATABASE_URL": ground.database_url() or f"sqlite:///{DATA_DIR}/vista.sqlite3",
        "ML_ANALYSIS_ENABLED": "true",
        "ML_CALLBACK_HMAC_SECRET": "test-secret-of-the-pipelines,test-secret-before-the-rotation",
        "ML_ALLOWED_MODELS": "yolo_v8,resnet50,custom_model,test_model",
        "ML_SIGNATURE_SCHEMES": "body,timestamped",
        "PROXY_SHARED_SECRET": "",
    }
)
with patch("environ.Env.read_env"):  # `.env` is not for the tests
    from vista.settings import *  # noqa: F403
    from vista.settings import DATABASES, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if "sqlite" in DATABASES["default"]["ENGINE"]:  # a file: threads of a test share it as processes would
    DATABASES["default"]["TEST"] = {"NAME": f"{DATA_DIR}/test.sqlite3"}
