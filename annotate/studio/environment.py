"""The environment of the embedded server: nothing of the user's settings, no call to the outside."""

import os

from annotate.studio.folder import Credentials, ServerFolder

# Label Studio reads its settings with and without a prefix: DEBUG, HOST, PORT, USERNAME, CI ... of a
# user's shell would all be taken for its own. So only what any program needs is passed on.
_PASSED_ON = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "NUMBER_OF_PROCESSORS"),
    }
)

# Port 9 (discard) of this machine: what Label Studio still asks of the outside, such as the tips on
# its home page from a code host, is refused at once.
_NOWHERE = "http://127.0.0.1:9"
_HERE = "127.0.0.1,localhost"


def server_environment(folder: ServerFolder, credentials: Credentials) -> dict[str, str]:
    """The whole environment of the server's process."""
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON or name.startswith("LC_")
    }
    config = str(folder.config)
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), _NOWHERE) | {"no_proxy": _HERE}
    return {
        **passed_on,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        # its data, and what it writes to the user's folders
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder.data),
        "DJANGO_DB": "sqlite",
        "XDG_CONFIG_HOME": config,
        "XDG_DATA_HOME": config,
        "XDG_CACHE_HOME": config,
        # the coordinator's account, made on the first start; not as arguments, which all users can read
        "LABEL_STUDIO_USERNAME": credentials.email,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
        # who may ask it
        "DISABLE_SIGNUP_WITHOUT_LINK": "True",
        "ALLOWED_HOSTS": _HERE,
        "CORS_ALLOW_ALL_ORIGINS": "False",
        # no call to the outside
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        **proxies,
        **{name.upper(): value for name, value in proxies.items()},
    }
